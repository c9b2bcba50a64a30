#include <gatehouse/detail/bindings.hpp>
#include <gatehouse/detail/json_in.hpp>
#include <gatehouse/time.hpp>

#include <algorithm>

namespace gatehouse::detail {

namespace {

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Calls check on each part between separators; false as soon as one is refused.
template <class Check>
bool all_parts(std::string_view text, char separator, Check check) {
    while (true) {
        const std::size_t at = text.find(separator);
        if (!check(text.substr(0, at))) return false;
        if (at == std::string_view::npos) return true;
        text.remove_prefix(at + 1);
    }
}

bool is_host_label(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_local_atom(std::string_view atom) {
    constexpr std::string_view kOther = "!#$%&'*+-/=?^_`{|}~";
    return !atom.empty() && std::all_of(atom.begin(), atom.end(), [&](char c) {
        return is_alphanumeric(c) || kOther.find(c) != std::string_view::npos;
    });
}

// The dot-atom form of RFC 5321 with a domain of at least two labels: what mail systems in the wild accept.
bool is_email(std::string_view text) {
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos || at > 64 || text.size() > 254) return false;
    const std::string_view domain = text.substr(at + 1);
    return domain.find('.') != std::string_view::npos && all_parts(text.substr(0, at), '.', is_local_atom) &&
           all_parts(domain, '.', is_host_label);
}

bool is_uri(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
    const std::string_view scheme = text.substr(0, colon);
    const bool good_scheme = !(scheme.front() >= '0' && scheme.front() <= '9') &&
                             std::all_of(scheme.begin(), scheme.end(),
                                         [](char c) { return is_alphanumeric(c) || c == '+' || c == '-' || c == '.'; });
    return good_scheme && std::all_of(text.begin(), text.end(),
                                      [](char c) { return c > 0x20 && c < 0x7f && c != '<' && c != '>' && c != '"'; });
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
    }
    return true;
}

}  // namespace

std::string check_format(std::string_view text, Format format) {
    switch (format) {
        case Format::none: return {};
        case Format::email: return is_email(text) ? "" : "must be an e-mail address";
        case Format::date: return parse_iso_date(text) ? "" : "must be a date like 2026-03-01";
        case Format::date_time: return parse_rfc3339(text) ? "" : "must be a time like 2026-03-01T12:00:00Z";
        case Format::uri: return is_uri(text) ? "" : "must be a URI";
        case Format::uuid: return is_uuid(text) ? "" : "must be a UUID";
    }
    return {};
}

bool Binding<Time>::read(const JsonIn& in, Time& out, const Rules& rules) {
    std::string text;
    if (!in.read(text, rules)) return false;
    const auto time = parse_rfc3339(text);
    if (!time) return in.fail(check_format("", Format::date_time));
    out = *time;
    return true;
}

bool Binding<Date>::read(const JsonIn& in, Date& out, const Rules& rules) {
    std::string text;
    if (!in.read(text, rules)) return false;
    const auto date = parse_iso_date(text);
    if (!date) return in.fail(check_format("", Format::date));
    out = *date;
    return true;
}

bool read_duration(const JsonIn& in, std::chrono::milliseconds& out) {
    std::string text;
    if (!in.read(text, ValueRules{})) return false;
    const auto duration = parse_duration(text);
    if (!duration) return in.fail("must be a duration like 500ms, 30s, 15m, 24h or 30d");
    out = *duration;
    return true;
}

}  // namespace gatehouse::detail

namespace gatehouse {

void FieldErrors::add(std::string_view field, std::string detail) {
    if (query_) {
        errors_.push_back({{}, std::move(detail), std::string(field)});
    } else {
        errors_.push_back({field.empty() ? prefix_ : prefix_ + "/" + std::string(field), std::move(detail), {}});
    }
}

}  // namespace gatehouse
