#include "gateway/http/request_parser.hpp"

#include "gateway/http/characters.hpp"
#include "gateway/http/octet_search.hpp"
#include "gateway/http/request_fields.hpp"

namespace gatehouse::http {

namespace {

constexpr std::string_view kEmptyLine = "\r\n";
constexpr std::size_t kVersionBytes = 8;  // "HTTP/1.1"

constexpr ParseResult failed(int status, std::string_view reason) { return {ParseStatus::failed, 0, {status, reason}}; }

void clear(RequestHead& head) {
    head.fields.clear();
    head.method = head.path = head.query = head.authority = {};
    head.has_query = head.has_encoded_slash = false;
    head.minor_version = 1;
    head.framing = Framing::none;
    head.content_length = 0;
    head.keep_alive = true;
    head.expects_continue = false;
}

// RFC 9112 section 2.3. A higher minor version is served as ours.
ParseFailure parse_version(std::string_view text, int& minor_version) {
    const bool is_version = text.size() == kVersionBytes && text.starts_with("HTTP/") && ascii::is_digit(text[5]) &&
                            text[6] == '.' && ascii::is_digit(text[7]);
    if (!is_version) return {400, "bad_version"};
    if (text[5] != '1') return {505, "version_not_supported"};
    minor_version = text[7] == '0' ? 0 : 1;
    return {400, {}};
}

}  // namespace

ParseResult RequestParser::parse(std::span<char> received, RequestHead& head) {
    std::string_view text(received.data(), received.size());
    std::size_t skipped = 0;
    if (text.starts_with('\r')) {
        if (kEmptyLine.starts_with(text)) return {};
        if (!text.starts_with(kEmptyLine)) return failed(400, "bare_cr");
        text.remove_prefix(skipped = kEmptyLine.size());
    }
    if (text.empty()) return {};
    // What does not even begin like a method (a TLS handshake, say) need not wait for the end of a head.
    if (!is_token_char(text.front())) return failed(400, "bad_method");

    const ParseResult scan = scanner_.scan(text, limits_);
    if (scan.status != ParseStatus::complete) return scan;
    const ParseFailure failure = parse_head(received.subspan(skipped, scan.consumed), head);
    if (!failure.reason.empty()) return {ParseStatus::failed, 0, failure};
    return {ParseStatus::complete, skipped + scan.consumed, {}};
}

ParseFailure RequestParser::parse_head(std::span<char> text, RequestHead& head) const {
    clear(head);
    char* const line_end = find_carriage_return(text.data(), text.data() + text.size());
    const auto line_bytes = static_cast<std::size_t>(line_end - text.data());
    const ParseFailure failure = parse_request_line(text.first(line_bytes), head);
    if (!failure.reason.empty()) return failure;
    return RequestFields(limits_, head).parse(text.subspan(line_bytes + kEmptyLine.size()));
}

// method SP target SP version, each SP exactly once.
ParseFailure RequestParser::parse_request_line(std::span<char> line, RequestHead& head) const {
    const std::string_view text(line.data(), line.size());
    std::size_t method_bytes = 0;
    while (method_bytes < text.size() && is_token_char(text[method_bytes])) ++method_bytes;
    if (method_bytes == text.size() || text[method_bytes] != ' ') return {400, "bad_method"};
    head.method = text.substr(0, method_bytes);

    const std::size_t target_start = method_bytes + 1;
    const std::size_t last_space = text.rfind(' ');
    if (last_space <= target_start) return {400, "bad_request_line"};
    ParseFailure failure = parse_version(text.substr(last_space + 1), head.minor_version);
    if (!failure.reason.empty()) return failure;

    const RequestTarget target = parse_request_target(line.subspan(target_start, last_space - target_start),
                                                      head.method, security_, encoded_slash_);
    head.path = target.path;
    head.query = target.query;
    head.has_query = target.has_query;
    head.has_encoded_slash = target.has_encoded_slash;
    head.authority = target.authority;
    return target.failure;
}

}  // namespace gatehouse::http
