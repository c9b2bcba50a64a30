#include "gateway/pipeline/filters/auth/credentials.hpp"

#include "gateway/base/ascii.hpp"

namespace gatehouse::pipeline {

namespace {

// Calls use(source index, value) for each credential of the request.
template <class Sources, class Use>
void for_each_credential(const Sources& sources, const http::RequestHead& request, Use&& use) {
    for (std::size_t i = 0; i < sources.size(); ++i) {
        for (const http::Field& field : request.fields) {
            if (field.name != sources[i].field) continue;
            if (sources[i].cookie.empty()) {
                use(i, field.value);
            } else {
                for_each_cookie(field.value, sources[i].cookie, [&](std::string_view value) { use(i, value); });
            }
        }
    }
}

}  // namespace

Credentials::Credentials(const config::Authenticator& authenticator) {
    const auto& by = authenticator.cache_by.empty() ? authenticator.send : authenticator.cache_by;
    constexpr std::string_view kCookie = "cookie:";
    for (const std::string& source : by) {
        if (source.starts_with(kCookie)) {
            sources_.push_back({"cookie", source.substr(kCookie.size())});
        } else {
            sources_.push_back({ascii::lower(source), ""});
        }
    }
}

bool Credentials::present(const http::RequestHead& request) const {
    bool found = false;
    for_each_credential(sources_, request, [&found](std::size_t, std::string_view) { found = true; });
    return found;
}

std::optional<Hash128> Credentials::key(const http::RequestHead& request, const KeyedHash::Key& secret) const {
    KeyedHash hash(secret);
    bool found = false;
    for_each_credential(sources_, request, [&](std::size_t source, std::string_view value) {
        hash.add(static_cast<std::uint64_t>(source));
        hash.add(value);
        found = true;
    });
    return found ? std::optional(hash.finish()) : std::nullopt;
}

}  // namespace gatehouse::pipeline
