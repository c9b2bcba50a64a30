#pragma once

#include <gatehouse/abi.h>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "gateway/abi_test/instance.hpp"

namespace gatehouse::abi_test {

struct Identity {
    std::uint32_t flags = 0;
    std::string subject, name, session, service;
    std::vector<std::string> roles;
};

// What a client sends. The path is made from the route's pattern and the captures.
struct Input {
    std::vector<std::string> captures;  // decoded; one for each of the pattern
    std::string query;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::unique_ptr<Identity> identity;  // null = anonymous
    std::size_t chunk_bytes = 4096;      // of a body that is streamed in
    bool is_cut = false;                 // half of the body never arrives
    bool has_deadline = false;
};

// One request as the plugin sees it: gh_request* is a Request*.
class Request final {
public:
    Request(Instance& instance, const Route& route, const Input& input, Thread& loop);
    ~Request();
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    gh_request* handle() { return reinterpret_cast<gh_request*>(this); }
    static Request& of(gh_request* handle) { return *reinterpret_cast<Request*>(handle); }

    const gh_request_view* view() const { return view_; }
    const Route& route() const { return route_; }
    Instance& instance() { return instance_; }
    Thread& loop() { return loop_; }
    const std::string& label() const { return label_; }
    bool is_ended() const { return is_ended_; }
    bool is_started() const { return is_started_; }
    int code() const { return code_; }

    // The client is gone: tells whoever asked for it, once.  [any]
    void leave();

    // The functions of gh_http.
    gh_status reply(const gh_response* response);
    gh_status start(const gh_response* response);
    gh_status write(gh_bytes chunk, gh_done done, void* context);
    gh_status finish(const gh_kv* trailers, std::size_t count);
    void abort();
    gh_status read(gh_bytes* out, gh_read_done done, void* context);
    gh_status on_cancel(gh_done done, void* context);

private:
    void lend(const Input& input);
    void end();
    bool is_on_loop(const char* function);
    gh_status refuse_late(const char* function);
    std::string fault_of(const gh_response* response) const;
    gh_status next_chunk(gh_bytes* out);
    void count();

    Instance& instance_;
    Route route_;
    Thread& loop_;
    std::string label_;
    std::mutex mutex_;
    gh_request_view* view_ = nullptr;
    std::vector<void*> lent_;
    std::vector<std::unique_ptr<char[]>> plain_;
    std::deque<std::string> chunks_;
    bool is_cut_ = false;
    std::atomic<bool> is_started_{false};
    bool is_write_pending_ = false, is_read_pending_ = false;
    std::atomic<bool> is_ended_{false}, is_gone_{false};
    int code_ = 0, reads_ = 0, writes_ = 0;
    gh_read_done waiting_read_ = nullptr;  // for a chunk that never comes
    void* waiting_context_ = nullptr;
    gh_done on_cancel_ = nullptr;
    void* cancel_context_ = nullptr;
};

}  // namespace gatehouse::abi_test
