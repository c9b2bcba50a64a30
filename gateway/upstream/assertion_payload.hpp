#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/upstream/assertion.hpp"
#include "gateway/upstream/nonce_memory.hpp"

// The signed octets: issued-at (8, big-endian), nonce (16), then values with a 16-bit length each: audience, method,
// path and query, id, name, session, service, number of roles (one octet), roles. Nothing may follow.
namespace gatehouse::upstream {

// False if a value is too long; out is then worthless.
bool append_payload(std::string& out, const AssertedRequest& request, const AssertedIdentity& identity,
                    std::int64_t unix_seconds, const Nonce& nonce);

// Views into the payload that was read.
struct AssertionPayload {
    std::int64_t issued_at = 0;
    Nonce nonce{};
    std::string_view audience, method, target;
    std::string_view id, name, session, service;
    std::string_view roles;  // length-prefixed, checked
    std::size_t role_count = 0;
};
bool read_payload(std::string_view octets, AssertionPayload& payload);
// Takes the next role off payload.roles.
std::string_view next_role(AssertionPayload& payload);

// Whether `target` is path and query of the request.
bool is_target_of(std::string_view target, const AssertedRequest& request);

}  // namespace gatehouse::upstream
