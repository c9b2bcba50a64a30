#include "gateway/http/response_parser.hpp"

#include "gateway/http/characters.hpp"
#include "gateway/http/connection_options.hpp"
#include "gateway/http/field_line.hpp"
#include "gateway/http/framing.hpp"
#include "gateway/http/known_fields.hpp"

namespace gatehouse::http {

namespace {

constexpr int kBadGateway = 502;

void clear(ResponseHead& head) {
    head.fields.clear();
    head.status = 0;
    head.minor_version = 1;
    head.framing = Framing::none;
    head.content_length = 0;
    head.has_content_length = false;
    head.keep_alive = true;
}

// "HTTP/1.1 200 Fine"; the reason phrase is never used, and its space is often forgotten.
std::string_view parse_status_line(std::string_view line, ResponseHead& head) {
    constexpr std::string_view kProtocol = "HTTP/1.";
    constexpr std::size_t kStatusAt = 9;
    constexpr std::size_t kStatusEnd = 12;
    if (line.size() < kStatusEnd || !line.starts_with(kProtocol)) return "bad_status_line";
    if (!ascii::is_digit(line[7]) || line[8] != ' ') return "bad_status_line";
    if (line.size() > kStatusEnd && line[kStatusEnd] != ' ') return "bad_status_line";
    head.minor_version = line[7] == '0' ? 0 : 1;
    for (const char digit : line.substr(kStatusAt, 3)) {
        if (!ascii::is_digit(digit)) return "bad_status";
        head.status = head.status * 10 + (digit - '0');
    }
    if (head.status < 100 || head.status > 599) return "bad_status";
    return head.status == 101 ? "unexpected_upgrade" : std::string_view{};
}

bool never_has_body(int status) { return status < 200 || status == 204 || status == 304; }

// RFC 9112 section 6.3.
void decide_framing(const BodyFraming& framing, const ConnectionOptions& connection, bool request_was_head,
                    ResponseHead& head) {
    head.keep_alive = connection.persistent(head.minor_version);
    head.has_content_length = framing.has_content_length();
    head.content_length = framing.content_length();
    if (request_was_head || never_has_body(head.status)) {
        head.framing = Framing::none;
        // An upstream that announces a body where there is none may well send it.
        const bool announces_body = framing.is_chunked() || framing.content_length() > 0;
        if ((head.status < 200 || head.status == 204) && announces_body) {
            head.keep_alive = false;
            head.has_content_length = false;
            head.content_length = 0;
        }
    } else if (framing.is_chunked()) {
        head.framing = Framing::chunked;
    } else if (framing.has_content_length()) {
        head.framing = Framing::length;
    } else {
        head.framing = Framing::until_close;
        head.keep_alive = false;
    }
}

}  // namespace

ParseResult ResponseParser::parse(std::span<char> received, bool request_was_head, ResponseHead& head) {
    const ParseResult scan = scanner_.scan({received.data(), received.size()}, limits_);
    if (scan.status == ParseStatus::need_more) return scan;
    if (scan.status == ParseStatus::failed) return {ParseStatus::failed, 0, {kBadGateway, scan.failure.reason}};
    const std::string_view refusal = parse_head(received.first(scan.consumed), request_was_head, head);
    if (!refusal.empty()) return {ParseStatus::failed, 0, {kBadGateway, refusal}};
    return scan;
}

std::string_view ResponseParser::parse_head(std::span<char> text, bool request_was_head, ResponseHead& head) const {
    clear(head);
    char* const line_end = find_carriage_return(text.data(), text.data() + text.size());
    const auto line_bytes = static_cast<std::size_t>(line_end - text.data());
    const std::string_view refusal = parse_status_line({text.data(), line_bytes}, head);
    if (!refusal.empty()) return refusal;
    return parse_fields(text.subspan(line_bytes + 2), request_was_head, head);
}

std::string_view ResponseParser::parse_fields(std::span<char> lines, bool request_was_head, ResponseHead& head) const {
    BodyFraming framing;
    ConnectionOptions connection;
    char* line = lines.data();
    char* const end = line + lines.size();
    Field field;
    for (std::size_t count = 0; *line != '\r'; ++count) {
        char* const next = parse_field_line(line, end, field);
        if (next == nullptr) return explain_bad_field_line(line);
        if (count == limits_.header_count) return "too_many_fields";
        line = next;
        const KnownField known = classify_field(field.name);
        if (known == KnownField::content_length) {
            if (!framing.add_content_length(field.value)) return framing.failure().reason;
        } else if (known == KnownField::transfer_encoding) {
            if (!framing.add_transfer_encoding(field.value)) return framing.failure().reason;
        } else if (known == KnownField::connection) {
            if (!connection.add(field.value)) return "bad_connection_options";
        } else if (known == KnownField::framing_alias) {
            return "ambiguous_field_name";
        } else if (known != KnownField::hop_by_hop) {
            head.fields.push_back(field);
        }
    }
    if (!framing.finish(head.minor_version)) return framing.failure().reason;
    decide_framing(framing, connection, request_was_head, head);
    if (connection.names_fields()) connection.remove_named_from_response(head.fields);
    return {};
}

}  // namespace gatehouse::http
