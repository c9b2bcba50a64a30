#include <gatehouse/streaming.hpp>

#include <stdexcept>
#include <utility>

#include "sdk/service/cancel_link.hpp"
#include "sdk/service/reply.hpp"

namespace gatehouse {

namespace {

// A std::function on its way through the C callback. It runs at most once; what it throws ends here, since nobody could
// answer for it: dropping the last owner of the StreamingRequest aborts the request.
template <class Function>
struct Pending {
    Function function;

    template <class... Argument>
    static void run(void* context, Argument&&... argument) noexcept {
        const std::unique_ptr<Pending> self(static_cast<Pending*>(context));
        try {
            self->function(std::forward<Argument>(argument)...);
        } catch (...) {
        }
    }
};

void on_done(void* context, gh_status status, const gh_error*) {
    Pending<StreamingRequest::OnDone>::run(context, status);
}

void on_chunk(void* context, gh_status status, gh_bytes bytes, const gh_error*) {
    Pending<StreamingRequest::OnChunk>::run(context, status, Chunk(bytes));
}

void on_canceled(void* context, gh_status status, const gh_error*) noexcept {
    try {
        const StreamingRequest::OnDone callback = std::move(*static_cast<StreamingRequest::OnDone*>(context));
        callback(status);
    } catch (...) {
    }
}

}  // namespace

Chunk& Chunk::operator=(Chunk&& other) noexcept {
    if (this == &other) return *this;
    release();
    bytes_ = std::exchange(other.bytes_, gh_bytes{});
    return *this;
}

void Chunk::release() {
    if (bytes_.release != nullptr) bytes_.release(bytes_.owner);
    bytes_ = {};
}

StreamingRequest::StreamingRequest(const gh_host* host, gh_request* handle, const gh_request_view* view)
    : host_(host), handle_(handle), request_(std::make_unique<Request>(host, view)) {}

StreamingRequest::StreamingRequest(StreamingRequest&& other) noexcept
    : host_(other.host_),
      handle_(std::exchange(other.handle_, nullptr)),
      link_(std::move(other.link_)),
      request_(std::move(other.request_)),
      on_cancel_(std::move(other.on_cancel_)) {}

StreamingRequest& StreamingRequest::operator=(StreamingRequest&& other) noexcept {
    if (this == &other) return *this;
    abort();
    host_ = other.host_;
    handle_ = std::exchange(other.handle_, nullptr);
    link_ = std::move(other.link_);
    request_ = std::move(other.request_);
    on_cancel_ = std::move(other.on_cancel_);
    return *this;
}

StreamingRequest::~StreamingRequest() { abort(); }

gh_status StreamingRequest::read(Chunk& out, OnChunk callback) {
    if (!is_open()) return GH_E_CLOSED;
    auto pending = std::make_unique<Pending<OnChunk>>(Pending<OnChunk>{std::move(callback)});
    gh_bytes bytes{};
    const gh_status status = host_->http->read(handle_, &bytes, &on_chunk, pending.get());
    if (status == GH_PENDING) static_cast<void>(pending.release());
    if (status == GH_OK) out = Chunk(bytes);
    return status;
}

gh_status StreamingRequest::start(Response head) {
    if (!is_open()) return GH_E_CLOSED;
    const detail::ReplyView reply(head);
    return host_->http->start(handle_, reply.get());
}

gh_status StreamingRequest::write(std::string chunk, OnDone callback) {
    if (!is_open()) return GH_E_CLOSED;
    auto pending = std::make_unique<Pending<OnDone>>(Pending<OnDone>{std::move(callback)});
    const gh_status status = host_->http->write(handle_, detail::to_bytes(std::move(chunk)), &on_done, pending.get());
    if (status == GH_PENDING) static_cast<void>(pending.release());
    return status;
}

gh_status StreamingRequest::finish() {
    if (!is_open()) return GH_E_CLOSED;
    return ended(host_->http->finish(handle_, nullptr, 0));
}

gh_status StreamingRequest::reply(Response response) {
    if (!is_open()) return GH_E_CLOSED;
    const detail::ReplyView reply(response);
    return ended(host_->http->reply(handle_, reply.get()));
}

gh_status StreamingRequest::reply(const Problem& problem) {
    if (!is_open()) return GH_E_CLOSED;
    return reply(detail::to_response(problem, request_->id()));
}

void StreamingRequest::abort() {
    if (!is_open()) return;
    host_->http->abort(handle_, nullptr);
    ended(GH_OK);
}

gh_status StreamingRequest::ended(gh_status status) {
    if (status < 0) return status;
    handle_ = nullptr;
    const auto link = std::move(link_);
    const auto also = link ? std::exchange(link->also, nullptr) : OnDone();
    const auto dropped_last = std::move(on_cancel_);  // these may destroy *this: nothing may follow
    return status;
}

gh_status StreamingRequest::on_cancel(OnDone callback) {
    if (!is_open()) return GH_E_CLOSED;
    if (link_) {
        if (link_->was_canceled) return GH_E_CANCELED;
        link_->also = std::move(callback);
        return GH_OK;
    }
    auto owned = std::make_unique<OnDone>(std::move(callback));
    const gh_status status = host_->http->on_cancel(handle_, &on_canceled, owned.get());
    if (status >= 0) on_cancel_ = std::move(owned);
    return status;
}

namespace detail {

namespace {

// GH_E_CLOSED, GH_E_CANCELED: the client is gone, or the request was given up while it waited.
[[noreturn]] void throw_failed_read(gh_status status) {
    switch (status) {
        case GH_E_LIMIT: throw PayloadTooLarge();
        case GH_E_TIMEOUT: throw Problem(408, "Request Timeout");
        case GH_E_INVALID: throw BadRequest("The body is malformed.");
        case GH_E_CLOSED:
        case GH_E_CANCELED: throw Canceled();
        default: throw std::logic_error("read() off the request's loop, or on a route without stream_in()");
    }
}

}  // namespace

gh_status ReadWait::begin() {
    if (!request_.is_open()) return GH_E_CLOSED;
    gh_bytes bytes{};
    const gh_status status = host()->http->read(request_.handle_, &bytes, &on_chunk, this);
    if (status == GH_OK) chunk_ = Chunk(bytes);
    return status;
}

void ReadWait::stop() noexcept { request_.abort(); }

void ReadWait::on_chunk(void* context, gh_status status, gh_bytes bytes, const gh_error*) {
    auto& self = *static_cast<ReadWait*>(context);
    self.chunk_ = Chunk(bytes);
    self.finish(status);
}

std::optional<Chunk> ReadWait::await_resume() {
    if (status() == GH_OK) return std::move(chunk_);
    if (status() == GH_END) return std::nullopt;
    throw_failed_read(status());
}

gh_status WriteWait::begin() {
    if (!request_.is_open()) return GH_E_CLOSED;
    return host()->http->write(request_.handle_, to_bytes(std::move(chunk_)), &on_done, this);
}

void WriteWait::stop() noexcept { request_.abort(); }

void WriteWait::on_done(void* self, gh_status status, const gh_error*) {
    static_cast<WriteWait*>(self)->finish(status);
}

void WriteWait::await_resume() const {
    if (status() >= 0) return;
    if (status() == GH_E_CLOSED || status() == GH_E_CANCELED) throw Canceled();
    throw std::logic_error("write() refused: off the request's loop, before start(), or beyond Content-Length");
}

}  // namespace detail
}  // namespace gatehouse
