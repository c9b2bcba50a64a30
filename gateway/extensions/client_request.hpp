#pragma once

#include <gatehouse/ext/http_client.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/time.hpp"

namespace gatehouse::extensions {

// A gh_client_request, copied: what the plugin gave may be gone when the request is sent.
class ClientRequest final {
public:
    static constexpr std::uint32_t kRetriesMax = 3;
    static constexpr Duration kDefaultTimeout = std::chrono::seconds(15);

    // Whether the struct may be copied at all: R3, and all that gh.http_client/1 says about its members.
    static gh_status check(const gh_client_request* request);
    explicit ClientRequest(const gh_client_request& request);
    ClientRequest(const ClientRequest&) = delete;
    ClientRequest& operator=(const ClientRequest&) = delete;

    // As a request between services; lives as long as this.
    const gh_call_request& as_call() const { return call_; }
    bool is_idempotent() const;

    std::string service;  // empty with an origin
    std::string origin;   // "http://host:port", lower-case, port filled in; empty with a service
    std::string method, target, body;
    gh_client_pull pull = nullptr;
    void* pull_context = nullptr;
    std::uint64_t content_length = 0;  // with pull; 0 = unknown
    TimePoint deadline = TimePoint::max();
    std::uint32_t retries = 0;

private:
    std::string request_id_, trace_parent_, subject_, name_, session_;
    std::vector<std::pair<std::string, std::string>> field_texts_;
    std::vector<gh_kv> fields_;
    std::vector<std::string> role_texts_;
    std::vector<gh_str> roles_;
    gh_identity identity_{};
    gh_call_request call_{};
};

}  // namespace gatehouse::extensions
