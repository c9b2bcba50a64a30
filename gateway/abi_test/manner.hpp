#pragma once

#include <gatehouse/abi.h>

#include <cstddef>
#include <cstdint>

namespace gatehouse::abi_test {

// Sizes as of ABI 1.0: the smallest that a host or plugin may ever say. They never change.
template <class Table>
inline constexpr std::uint32_t kFirstSize = 0;
template <>
inline constexpr std::uint32_t kFirstSize<gh_host> = offsetof(gh_host, unhold) + sizeof(gh_host::unhold);
template <>
inline constexpr std::uint32_t kFirstSize<gh_http> = offsetof(gh_http, loop) + sizeof(gh_http::loop);
template <>
inline constexpr std::uint32_t kFirstSize<gh_plugin> = offsetof(gh_plugin, extension) + sizeof(gh_plugin::extension);
template <>
inline constexpr std::uint32_t kFirstSize<gh_route> = offsetof(gh_route, self) + sizeof(gh_route::self);
template <>
inline constexpr std::uint32_t kFirstSize<gh_metric> = offsetof(gh_metric, n_buckets) + sizeof(gh_metric::n_buckets);
template <>
inline constexpr std::uint32_t kFirstSize<gh_response> = offsetof(gh_response, body) + sizeof(gh_response::body);
template <>
inline constexpr std::uint32_t kFirstSize<gh_error> = offsetof(gh_error, message) + sizeof(gh_error::message);
template <>
inline constexpr std::uint32_t kFirstSize<gh_identity> = offsetof(gh_identity, n_roles) + sizeof(gh_identity::n_roles);
template <>
inline constexpr std::uint32_t kFirstSize<gh_request_view> = offsetof(gh_request_view, content_length) +
                                                             sizeof(gh_request_view::content_length);

// How the hostile host treats a plugin in one run; the default is how every host does.
struct Manner {
    enum class Tables : std::uint8_t {
        whole,    // as this host was built
        cut,      // gh_host cut to host_size, the others as in 1.0; what follows cannot be read
        zeros,    // grown by members that nobody knows yet, all zero
        garbage,  // the same, and not zero; unknown flags are set
    };
    Tables tables = Tables::whole;
    std::uint32_t host_size = sizeof(gh_host);
    bool forbids_views = false;     // what was lent cannot be read once the loan is over
    bool offers_extensions = true;  // without: only those that the plugin needs
    bool keeps_bodies = false;      // bodies are released long after the answer, on another thread
    bool loses_cancels = false;     // cancel() always comes too late: the operation ends with GH_OK
    int refuse_registration = 0;    // the n-th add_route() or metric() fails

    // Counted from Instance::reset_counts().
    int cancel_await = 0;  // the n-th operation that waits ends with GH_E_CANCELED
    bool cancels_all_later = false;
    int refuse_call = 0;        // the n-th call that may fail does
    int client_gone_after = 0;  // after the n-th call into the host
};

}  // namespace gatehouse::abi_test
