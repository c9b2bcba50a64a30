#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/model.hpp"
#include "gateway/http/message.hpp"
#include "gateway/pipeline/filters/keyed_hash.hpp"

namespace gatehouse::pipeline {

// Where a request carries its credentials: whole fields ("authorization") and cookies ("cookie:session"). Origin and
// Sec-Fetch-* are none, but say who made the browser send them: a verifier may look at them as well. Immutable.
class Credentials final {
public:
    // By `cache by:`, or by `send:` when that is empty.
    explicit Credentials(const config::Authenticator& authenticator);

    // Whether the request carries any.
    bool present(const http::RequestHead& request) const;
    // Stands for exactly these credentials with this method, since the verifier is told it; empty if there are none.
    std::optional<Hash128> key(const http::RequestHead& request, const KeyedHash::Key& secret) const;

private:
    struct Source {
        std::string field;   // lower-case
        std::string cookie;  // empty = the whole field
        bool is_context;     // no credential by itself
    };
    std::vector<Source> sources_;
};

// Calls use(value) for every cookie of that name in a Cookie field's value, in order (RFC 6265 section 5.4).
template <class Use>
void for_each_cookie(std::string_view header, std::string_view name, Use&& use) {
    while (!header.empty()) {
        const std::size_t end = header.find(';');
        std::string_view pair = header.substr(0, end);
        header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 1);
        while (pair.starts_with(' ') || pair.starts_with('\t')) pair.remove_prefix(1);
        while (pair.ends_with(' ') || pair.ends_with('\t')) pair.remove_suffix(1);
        const std::size_t equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == name) use(pair.substr(equals + 1));
    }
}

}  // namespace gatehouse::pipeline
