#pragma once

#include <gatehouse/abi.h>

#include <optional>
#include <string>
#include <vector>

#include "gateway/host/plugin_route.hpp"
#include "gateway/pipeline/exchange.hpp"

namespace gatehouse::net {

// A request as a plugin sees it: views into the exchange and into its own reused buffers, valid until the next fill().
class PluginView final {
public:
    // Call first; captures for PluginRouteTable::find().
    host::Captures& captures() { return captures_; }

    struct Body {
        std::string_view text;
        bool is_streamed = false;
        std::uint64_t length = 0;  // UINT64_MAX = unknown
    };
    const gh_request_view& fill(const pipeline::Exchange& exchange, std::string_view path, const Body& body,
                                TimePoint deadline);

private:
    void fill_identity(const pipeline::Identity& identity);

    gh_request_view view_{};
    gh_identity identity_{};
    host::Captures captures_;
    std::vector<gh_kv> headers_;
    std::vector<gh_str> roles_;
    std::string target_;
};

// Header lines of a plugin's response, checked and serialised. content_length: what the plugin said of it itself.
// False: malformed, or a field that is the host's business.
bool append_response_fields(std::string& out, const gh_response& response,
                            std::optional<std::uint64_t>& content_length);

inline std::string_view to_view(gh_str text) { return {text.ptr, text.len}; }
inline gh_str to_gh(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace gatehouse::net
