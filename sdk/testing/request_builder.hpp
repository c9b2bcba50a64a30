// What a RequestBuilder has collected.
#pragma once

#include "sdk/testing/state.hpp"

namespace gatehouse::testing {

struct RequestBuilder::Parts {
    std::string method, target;
    std::vector<Header> headers;
    std::string body;
    std::optional<std::vector<std::string>> chunks;
    std::int64_t user_id = 0;
    std::string user_name, session = "session-1", service;
    std::vector<std::string> roles;
    std::string remote_address = "192.0.2.1";
    std::string request_id, trace_parent;
    bool is_stalled = false;
    std::chrono::milliseconds timeout{0};
};

}  // namespace gatehouse::testing
