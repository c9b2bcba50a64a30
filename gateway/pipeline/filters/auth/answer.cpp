#include "gateway/pipeline/filters/auth/answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "gateway/base/ascii.hpp"
#include "gateway/http/serializer.hpp"

namespace gatehouse::pipeline {

namespace {

constexpr std::size_t kValueBytesMax = 256;
constexpr std::size_t kRolesMax = 64;
constexpr Duration kDenialFreshFor = std::chrono::seconds(1);

// Fields that speak of the connection or are the session's to write.
constexpr std::array<std::string_view, 12> kNotForwarded = {
    "connection", "keep-alive", "proxy-connection", "te",   "trailer",      "transfer-encoding",
    "upgrade",    "via",        "content-length",   "date", "x-request-id", "gatehouse-error"};

bool is_forwarded(const http::Field& field) {
    return std::find(kNotForwarded.begin(), kNotForwarded.end(), field.name) == kNotForwarded.end() &&
           http::is_token(field.name) && http::is_field_value(field.value);
}

// Safe to be written into another header later: no controls, not even HTAB.
bool is_clean(std::string_view value) {
    return value.size() <= kValueBytesMax &&
           std::none_of(value.begin(), value.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; });
}

bool split_roles(std::string_view text, std::vector<std::string>& roles) {
    if (text.size() > kValueBytesMax * 8) return false;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(", "), text.size());
        if (end > 0) {
            if (!is_clean(text.substr(0, end)) || roles.size() == kRolesMax) return false;
            roles.emplace_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
}

std::optional<std::int64_t> parse_seconds(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

constexpr std::int64_t kSecondsMax = 86'400;

// What one Cache-Control field allows: 0 for no-store, no-cache and anything unreadable about max-age.
Duration allowed_by_cache_control(std::string_view text, Duration limit) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(','), text.size());
        std::string_view directive = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (directive.starts_with(' ')) directive.remove_prefix(1);
        while (directive.ends_with(' ')) directive.remove_suffix(1);
        if (ascii::iequals(directive, "no-store") || ascii::iequals(directive, "no-cache")) return Duration{0};
        constexpr std::string_view kMaxAge = "max-age=";
        if (!ascii::iequals(directive.substr(0, kMaxAge.size()), kMaxAge)) continue;
        const auto seconds = parse_seconds(directive.substr(kMaxAge.size()));
        if (!seconds) return Duration{0};
        limit = std::min<Duration>(limit, std::chrono::seconds(std::min(*seconds, kSecondsMax)));
    }
    return limit;
}

Duration allowed_until(std::string_view expires, std::int64_t unix_seconds, Duration limit) {
    const auto at = parse_seconds(expires);
    if (!at || *at <= unix_seconds) return Duration{0};
    return std::min<Duration>(limit, std::chrono::seconds(std::min(*at - unix_seconds, kSecondsMax)));
}

}  // namespace

AnswerReader::AnswerReader(const config::Authenticator& authenticator) : ttl_(authenticator.cache_ttl) {
    for (const std::string& name : authenticator.take) {
        const auto is = [&name](std::string_view known) { return ascii::header_names_fold_equal(name, known); };
        if (is("x-user-id")) take_.push_back({"x-user-id", Take::id});
        if (is("x-user-name")) take_.push_back({"x-user-name", Take::name});
        if (is("x-user-roles")) take_.push_back({"x-user-roles", Take::roles});
        if (is("x-session-id")) take_.push_back({"x-session-id", Take::session});
    }
}

void AnswerReader::read(const VerifierAnswer& answer, std::int64_t unix_seconds, Decision& decision) const {
    decision.clear();
    if (answer.status < 200 || answer.status >= 500) return;
    if (answer.status < 300) {
        if (!read_identity(answer.fields, decision.identity)) return;
        decision.outcome = Decision::Outcome::allowed;
        decision.fresh_for = freshness(answer, unix_seconds, ttl_);
        return;
    }
    if (answer.body.size() > kVerifierBodyBytesMax) return;
    decision.outcome = Decision::Outcome::denied;
    decision.status = answer.status;
    decision.body = answer.body;
    bool has_challenge = false;
    for (const http::Field& field : answer.fields) {
        if (!is_forwarded(field)) continue;
        has_challenge = has_challenge || field.name == "www-authenticate";
        decision.fields.emplace_back(field.name, field.value);
    }
    if (answer.status == 401 && !has_challenge) decision.fields.emplace_back("www-authenticate", "Bearer");
    if (answer.status == 401 || answer.status == 403) {
        decision.fresh_for = freshness(answer, unix_seconds, std::min(ttl_, kDenialFreshFor));
    }
}

// False for what must not be believed. REQUIRES: identity is clear.
bool AnswerReader::read_identity(std::span<const http::Field> fields, Identity& identity) const {
    unsigned seen = 0;
    for (const http::Field& field : fields) {
        for (const TakenField& taken : take_) {
            if (field.name != taken.name) continue;
            const unsigned bit = 1u << static_cast<unsigned>(taken.as);
            if ((seen & bit) != 0) return false;
            seen |= bit;
            if (taken.as == Take::roles) {
                if (!split_roles(field.value, identity.roles)) return false;
                continue;
            }
            if (!is_clean(field.value)) return false;
            (taken.as == Take::id     ? identity.id
             : taken.as == Take::name ? identity.name
                                      : identity.session) = field.value;
        }
    }
    identity.present = !identity.id.empty();
    if (!identity.present) identity.clear();  // a name, a session or roles of nobody
    return true;
}

Duration AnswerReader::freshness(const VerifierAnswer& answer, std::int64_t unix_seconds, Duration limit) const {
    for (const http::Field& field : answer.fields) {
        if (field.name == "cache-control") limit = allowed_by_cache_control(field.value, limit);
        if (field.name == "x-auth-expires") limit = allowed_until(field.value, unix_seconds, limit);
    }
    return limit;
}

}  // namespace gatehouse::pipeline
