#pragma once

#include <gatehouse/abi.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::host {

class Generation;

// A route as a plugin registered it in create(), copied into the host's own memory.
struct PluginRoute {
    std::string method;
    std::string pattern;
    std::string operation_id;
    std::vector<std::string> roles;
    std::uint32_t flags = 0;       // GH_ROUTE_*
    std::uint32_t timeout_ms = 0;  // 0 = host default
    std::uint32_t max_in_flight = 0;
    std::uint64_t max_body = 0;  // 0 = host default
    void (*handle)(void* self, gh_request*, const gh_request_view*) = nullptr;
    void* self = nullptr;
    std::uint32_t index = 0;  // position in the generation's table
    const Generation* owner = nullptr;

    bool is_blocking() const { return (flags & GH_ROUTE_BLOCKING) != 0; }
    bool is_internal() const { return (flags & GH_ROUTE_INTERNAL) != 0; }
    bool streams_in() const { return (flags & GH_ROUTE_STREAM_IN) != 0; }
    bool allows_anonymous() const { return (flags & GH_ROUTE_AUTH_OPTIONAL) != 0; }
};

// The captures of one match, percent-decoded. Reused from request to request: no allocation in steady state.
class Captures final {
public:
    const gh_kv* data() const { return views_.data(); }
    std::size_t size() const { return views_.size(); }

private:
    friend class PluginRouteTable;
    std::vector<gh_kv> views_;  // into text_ or the path
    std::vector<std::string> text_;
};

enum class PluginMatch : std::uint8_t { found, not_found, method_not_allowed };

// The routes of one generation. Built during create(), immutable afterwards.
class PluginRouteTable final {
public:
    // Empty, or why the route is refused: bad pattern, conflict with an earlier one.
    std::string add(PluginRoute route);

    // path: normalised, as in gh_request_view. Fills `captures`, whose views live as long as path and captures do.
    PluginMatch find(std::string_view method, std::string_view path, const PluginRoute*& route,
                     Captures& captures) const;
    // "GET, HEAD, POST": for Allow after method_not_allowed.
    std::string allowed_methods(std::string_view path) const;
    const std::vector<PluginRoute>& routes() const { return routes_; }

private:
    struct Segment {
        enum class Kind : std::uint8_t { literal, integer, any, rest } kind;
        std::string text;  // the literal, or the capture's name
    };
    using Pattern = std::vector<Segment>;
    static bool parse(std::string_view pattern, Pattern& out);
    static bool matches(const Pattern& pattern, const std::vector<std::string_view>& segments);
    static bool is_more_specific(const Pattern& left, const Pattern& right);

    std::vector<PluginRoute> routes_;
    std::vector<Pattern> patterns_;              // beside routes_
    std::vector<std::uint32_t> by_specificity_;  // indices into routes_
};

}  // namespace gatehouse::host
