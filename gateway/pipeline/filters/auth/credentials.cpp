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

bool is_context(std::string_view field) { return field == "origin" || field.starts_with("sec-fetch-"); }

}  // namespace

Credentials::Credentials(const config::Authenticator& authenticator) {
    const auto& by = authenticator.cache_by.empty() ? authenticator.send : authenticator.cache_by;
    constexpr std::string_view kCookie = "cookie:";
    for (const std::string& source : by) {
        if (source.starts_with(kCookie)) {
            sources_.push_back({"cookie", source.substr(kCookie.size()), false});
        } else {
            std::string field = ascii::lower(source);
            const bool context = is_context(field);
            sources_.push_back({std::move(field), "", context});
        }
    }
}

bool Credentials::present(const http::RequestHead& request) const {
    bool found = false;
    for_each_credential(sources_, request,
                        [&](std::size_t source, std::string_view) { found = found || !sources_[source].is_context; });
    return found;
}

std::optional<Hash128> Credentials::key(const http::RequestHead& request, const KeyedHash::Key& secret) const {
    KeyedHash hash(secret);
    hash.add(request.method);
    bool found = false;
    for_each_credential(sources_, request, [&](std::size_t source, std::string_view value) {
        hash.add(static_cast<std::uint64_t>(source));
        hash.add(value);
        found = found || !sources_[source].is_context;
    });
    return found ? std::optional(hash.finish()) : std::nullopt;
}

}  // namespace gatehouse::pipeline
