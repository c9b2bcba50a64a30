// Streaming bodies in and out, on the event loop. A handler that takes a StreamingRequest by value owns the request and
// must end it: reply() or start() … finish(). One that is dropped open is aborted by the destructor; so is one whose
// handler throws: answer problems with reply().
//
//     context.post("/echo", &Echo::echo).stream_in().on_loop();
//     void echo(StreamingRequest request) {
//         auto shared = std::make_shared<StreamingRequest>(std::move(request));
//         shared->start(Response(200)); …
//     }
//
// REQUIRES for all but reply() and abort(): the request's loop thread. Callbacks run there, never inside the call, and
// hold what they capture until they ran.
#pragma once

#include <gatehouse/abi.h>
#include <gatehouse/request.hpp>
#include <gatehouse/response.hpp>
#include <gatehouse/task.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse {

// A piece of the body; releases it to the host when destroyed.
class Chunk {
public:
    Chunk() = default;
    explicit Chunk(gh_bytes bytes) : bytes_(bytes) {}
    Chunk(Chunk&& other) noexcept : bytes_(other.bytes_) { other.bytes_ = {}; }
    Chunk& operator=(Chunk&& other) noexcept;
    ~Chunk() { release(); }

    [[nodiscard]] std::string_view bytes() const {
        return bytes_.len == 0 ? std::string_view()
                               : std::string_view(reinterpret_cast<const char*>(bytes_.ptr), bytes_.len);
    }

private:
    void release();
    gh_bytes bytes_{};
};

class StreamingRequest;

namespace detail {
class Exchange;
struct CancelLink;

class ReadWait final : public HostWait {
public:
    explicit ReadWait(StreamingRequest& request) : request_(request) {}
    // A piece; empty = that was all. Throws Canceled, PayloadTooLarge, or a Problem of the client's making.
    std::optional<Chunk> await_resume();

private:
    gh_status begin() override;
    void stop() noexcept override;
    static void on_chunk(void* self, gh_status status, gh_bytes chunk, const gh_error*);
    StreamingRequest& request_;
    Chunk chunk_;
};

class WriteWait final : public HostWait {
public:
    WriteWait(StreamingRequest& request, std::string chunk) : request_(request), chunk_(std::move(chunk)) {}
    void await_resume() const;  // throws Canceled when the client is gone

private:
    gh_status begin() override;
    void stop() noexcept override;
    static void on_done(void* self, gh_status status, const gh_error*);
    StreamingRequest& request_;
    std::string chunk_;
};
}  // namespace detail

class StreamingRequest {
public:
    using OnDone = std::function<void(gh_status)>;
    using OnChunk = std::function<void(gh_status, Chunk)>;

    StreamingRequest(const gh_host* host, gh_request* handle, const gh_request_view* view);
    StreamingRequest(StreamingRequest&& other) noexcept;
    StreamingRequest& operator=(StreamingRequest&& other) noexcept;
    ~StreamingRequest();  // abort() unless ended

    // REQUIRES: not ended. The views in it live until the end.
    [[nodiscard]] const Request& request() const { return *request_; }
    [[nodiscard]] bool is_open() const { return handle_ != nullptr; }

    // GH_OK: out is filled. GH_END: no more. GH_PENDING: on_chunk follows with GH_OK, GH_END or an error.
    gh_status read(Chunk& out, OnChunk on_chunk);
    gh_status start(Response head);
    // GH_OK: room left. GH_PENDING: wait for on_done before the next write.
    gh_status write(std::string chunk, OnDone on_done);
    gh_status finish();                  // ends the request
    gh_status reply(Response response);  // ends the request; any thread
    gh_status reply(const Problem& problem);
    void abort();  // ends the request; any thread
    // Client gone, deadline or drain deadline; still end the request after it. The task that the request came to is
    // told by Canceled as well.
    gh_status on_cancel(OnDone callback);

    // For tasks. A task that is cancelled while it waits here gives up the request: abort().
    //     while (auto piece = co_await request.next()) co_await request.send(std::string(piece->bytes()));
    [[nodiscard]] detail::ReadWait next() { return detail::ReadWait(*this); }
    [[nodiscard]] detail::WriteWait send(std::string chunk) { return {*this, std::move(chunk)}; }

private:
    friend class detail::Exchange;
    friend class detail::ReadWait;
    friend class detail::WriteWait;
    gh_status ended(gh_status status);

    const gh_host* host_;
    gh_request* handle_;
    std::shared_ptr<detail::CancelLink> link_;  // of a task's request
    std::unique_ptr<Request> request_;
    std::unique_ptr<OnDone> on_cancel_;  // dropped when the request ends: it may own what owns this
};

}  // namespace gatehouse
