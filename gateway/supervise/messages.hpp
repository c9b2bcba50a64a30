#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/config/model.hpp"

// What a gateway and its child process say to each other over the socket pair between them, one line of JSON each way.
// Secrets travel only here: neither arguments nor environment of a process are private.
namespace gatehouse::supervise {

inline constexpr int kControlDescriptor = 3;
inline constexpr int kListenDescriptor = 4;

// To the child, before anything else: what it is to be.
struct Order {
    std::string config_json = "{}";
    std::string assertion_key;
    std::string gateway;  // "unix:/path": where it calls other services
    config::Process process;
    config::Events events;                 // with a broker: it is asked by the child itself
    std::uint32_t workers = 0, queue = 0;  // 0 = as the host sees fit
    std::chrono::milliseconds drain_timeout{30'000};
    config::KeyValueStore kv;         // where its values and leases are kept
    std::vector<std::string> probes;  // paths of the plugin's own that it has to answer before it greets
    bool operator==(const Order&) const = default;
};
std::string to_line(const Order& order);
Result<Order> parse_order(std::string_view line);

// From the child: it answers requests from now on, or never will.
struct Greeting {
    std::string error;  // empty if it serves
    std::string abi, plugin, version, build_id;
    std::int64_t pid = 0;
    std::vector<std::string> routes;  // "GET /api/posts/{id}"
    bool operator==(const Greeting&) const = default;
};
std::string to_line(const Greeting& greeting);
Result<Greeting> parse_greeting(std::string_view line);

}  // namespace gatehouse::supervise
