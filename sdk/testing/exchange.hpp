// One request on its way through the plugin.
#pragma once

#include <string>
#include <vector>

#include "sdk/testing/state.hpp"

namespace gatehouse::testing {

// Everything that a gh_request_view points to. Freed when the request ends, so that ASan sees a late use.
struct ViewMemory {
    std::vector<Header> headers, params;
    std::string method, target, path, query, authority, remote_address, request_id, trace_parent, body;
    std::string subject, name, session, service;
    std::vector<std::string> roles;

    std::vector<gh_kv> header_views, param_views;
    std::vector<gh_str> role_views;
    gh_identity identity{};
    gh_request_view view{};
};

}  // namespace gatehouse::testing

struct gh_request {
    gatehouse::testing::TestHost::State* state = nullptr;
    std::string label;  // "POST /api/posts", for messages
    std::mutex mutex;
    std::unique_ptr<gatehouse::testing::ViewMemory> memory;
    gatehouse::testing::Answer answer;
    bool is_streaming_in = false;
    bool is_started = false;
    std::atomic<bool> is_ended{false};
    bool is_write_pending = false;
    bool is_read_pending = false;
    std::deque<std::string> chunks;  // still to be read
    std::size_t reads = 0, writes = 0;
    bool is_stalled = false;  // the body does not end after its chunks
    bool is_blocked = false;  // the client does not read
    bool is_gone = false;     // the client is gone, or the deadline has passed
    gh_done cancel_done = nullptr;
    void* cancel_context = nullptr;
    gh_done held_write = nullptr;  // while is_blocked
    void* held_write_context = nullptr;
    gh_read_done held_read = nullptr;  // while is_stalled
    void* held_read_context = nullptr;
};

namespace gatehouse::testing {

// What the client does.
void cancel_request(gh_request& request, gh_status why);
void let_write(gh_request& request, gh_status status);  // ends the write that is held
void let_read(gh_request& request);                     // ends the read that is held: the body is cut

}  // namespace gatehouse::testing
