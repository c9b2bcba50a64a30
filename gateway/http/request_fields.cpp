#include "gateway/http/request_fields.hpp"

#include "gateway/base/ascii.hpp"
#include "gateway/http/authority.hpp"
#include "gateway/http/field_line.hpp"

namespace gatehouse::http {

bool RequestFields::fail(int status, std::string_view reason) {
    failure_ = {status, reason};
    return false;
}

ParseFailure RequestFields::parse(std::span<char> lines) {
    char* line = lines.data();
    char* const end = line + lines.size();
    Field field;
    for (std::size_t count = 0; *line != '\r'; ++count) {
        char* const next = parse_field_line(line, end, field);
        if (next == nullptr) return {400, explain_bad_field_line(line)};
        if (count == limits_.header_count) return {431, "too_many_fields"};
        const KnownField known = classify_field(field.name);
        if (known == KnownField::none) {
            head_.fields.push_back(field);
        } else if (!take(known, field)) {
            return failure_;
        }
        line = next;
    }
    finish();
    return failure_;
}

bool RequestFields::take(KnownField known, const Field& field) {
    switch (known) {
        case KnownField::host: return take_host(field.value);
        case KnownField::content_length:
            return framing_.add_content_length(field.value) ||
                   fail(framing_.failure().status, framing_.failure().reason);
        case KnownField::transfer_encoding:
            return framing_.add_transfer_encoding(field.value) ||
                   fail(framing_.failure().status, framing_.failure().reason);
        case KnownField::connection: return connection_.add(field.value) || fail(400, "bad_connection_options");
        case KnownField::expect: return take_expect(field.value);
        case KnownField::framing_alias: return fail(400, "ambiguous_field_name");
        case KnownField::hop_by_hop: return true;
        case KnownField::authorization:
        case KnownField::content_type:
        case KnownField::cookie:
        case KnownField::idempotency_key:
        case KnownField::max_forwards:
        case KnownField::origin:
        case KnownField::range: return take_singleton(known, field);
        case KnownField::none: break;
    }
    head_.fields.push_back(field);
    return true;
}

// An authority in the target wins, but the field has to be good all the same (RFC 9112 section 3.2.2).
bool RequestFields::take_host(std::string_view value) {
    if (has_host_) return fail(400, "duplicate_host");
    has_host_ = true;
    const bool target_decides = !head_.authority.empty();
    const auto authority = normalize_authority({const_cast<char*>(value.data()), value.size()});
    if (!authority) return fail(400, "bad_host");
    if (!target_decides) head_.authority = *authority;
    return true;
}

// RFC 9110 section 10.1.1: ignored in HTTP/1.0, and no other expectation can be met.
bool RequestFields::take_expect(std::string_view value) {
    if (head_.minor_version == 0) return true;
    if (has_expect_ || !ascii::iequals(value, "100-continue")) return fail(417, "unknown_expectation");
    has_expect_ = true;
    return true;
}

bool RequestFields::take_singleton(KnownField known, const Field& field) {
    const std::uint32_t bit = 1u << static_cast<unsigned>(known);
    if ((singletons_ & bit) != 0) return fail(400, "duplicate_field");
    singletons_ |= bit;
    head_.fields.push_back(field);
    return true;
}

bool RequestFields::finish() {
    if (!has_host_ && head_.minor_version >= 1) return fail(400, "missing_host");
    if (!framing_.finish(head_.minor_version)) return fail(framing_.failure().status, framing_.failure().reason);
    if (framing_.is_chunked()) {
        head_.framing = Framing::chunked;
    } else if (framing_.has_content_length()) {
        head_.framing = Framing::length;
        head_.content_length = framing_.content_length();
        if (limits_.body_bytes != 0 && head_.content_length > limits_.body_bytes) return fail(413, "body_too_large");
    }
    head_.expects_continue = has_expect_ && (framing_.is_chunked() || head_.content_length > 0);
    head_.keep_alive = connection_.persistent(head_.minor_version);
    if (connection_.names_fields()) connection_.remove_named_from_request(head_.fields);
    return true;
}

}  // namespace gatehouse::http
