#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/base/uuid7.hpp"
#include "gateway/http/message.hpp"
#include "gateway/routing/route_table.hpp"

namespace gatehouse {
class IoLoop;
}

namespace gatehouse::pipeline {

// Who asks. Only the auth filter (or, in serve mode, the assertion check) fills it. clear() keeps the capacity.
struct Identity {
    bool present = false;
    std::string id, name, session, service;
    std::vector<std::string> roles;
    void clear();
};

// The peer as the gateway trusts it: X-Forwarded-For counts only from trusted proxies.
struct Client {
    std::string address;                    // without port; "unix" for a Unix socket
    std::array<std::uint8_t, 16> octets{};  // IPv4 as ::ffff:a.b.c.d
    std::uint16_t port = 0;
    bool is_trusted_proxy = false;  // the peer is one
    std::string peer;               // address of the other end of the connection, which may be a proxy
};

// An answer that the gateway itself gives. An empty body becomes problem+json made of status, reason and detail, unless
// it is_whole.
struct LocalReply {
    int status = 0;
    std::string_view reason;  // static token: "rate_limited"; goes to gatehouse-error, log and metric
    std::string detail;       // for people; never internal text
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;
    bool is_whole = false;  // an empty body is meant
    void clear();
};

// The tightest rate limit asked so far, and where its line stands in Exchange::response_fields.
struct RateReport {
    bool present = false;
    std::uint64_t remaining = 0;
    std::size_t line_at = 0, line_bytes = 0;
};

enum class Verdict : std::uint8_t {
    next,     // go on
    reply,    // exchange.reply is the answer
    pending,  // only auth: needs I/O, go on with its Task
};

struct Snapshot;  // configuration compiled for use: snapshot.hpp

// One request on its way through the pipeline: what the session knows of it and what the filters found out. Lives in
// the session and is reused, so that steady state allocates nothing. Belongs to its loop.
struct Exchange {
    // Set by the session before the first filter.
    IoLoop* loop = nullptr;
    const Snapshot* snapshot = nullptr;  // held by the session until the exchange has ended
    http::RequestHead request;
    Client client;
    TimePoint received{};

    // Set by filters.
    std::string request_id;
    std::string trace_parent;  // W3C traceparent for whoever is asked next; see trace_context.hpp
    routing::Match match;
    Identity identity;
    TimePoint deadline = TimePoint::max();
    std::string response_fields;  // serialised lines ("ratelimit: …\r\n") for the response head, any answer
    LocalReply reply;
    RateReport rate;
    bool answers_cors = false;  // the gateway speaks CORS here: what a service says of it is left out

    // Facts for access log and metrics, filled on the way.
    int status = 0;
    std::string_view reason;    // token of a gateway error; empty if none
    std::string_view upstream;  // service name; empty if none
    std::uint32_t plugin_generation = 0;
    std::uint64_t bytes_in = 0, bytes_out = 0;
    bool client_gone = false;

    void reset();
};

}  // namespace gatehouse::pipeline
