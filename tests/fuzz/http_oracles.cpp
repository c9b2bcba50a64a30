#include "tests/fuzz/http_oracles.hpp"

#include <http_parser.h>

#include <algorithm>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "gateway/base/ascii.hpp"
#include "gateway/http/body_decoder.hpp"
#include "gateway/http/characters.hpp"
#include "gateway/http/request_parser.hpp"
#include "gateway/http/response_parser.hpp"

namespace gatehouse::fuzz {

namespace {

constexpr std::size_t kBodyMax = 16u << 20;

// ---- http_parser ----

struct Collector {
    OracleMessage message;
    bool in_head = true;
    bool last_was_value = true;
    bool complete = false;
    bool skip_body = false;
};

Collector& collector(http_parser* parser) { return *static_cast<Collector*>(parser->data); }

http_parser_settings collecting_settings() {
    http_parser_settings settings;
    http_parser_settings_init(&settings);
    settings.on_url = [](http_parser* parser, const char* at, std::size_t size) {
        collector(parser).message.target.append(at, size);
        return 0;
    };
    settings.on_header_field = [](http_parser* parser, const char* at, std::size_t size) {
        Collector& self = collector(parser);
        if (!self.in_head) return 0;
        if (std::exchange(self.last_was_value, false)) self.message.fields.emplace_back();
        self.message.fields.back().first.append(at, size);
        return 0;
    };
    settings.on_header_value = [](http_parser* parser, const char* at, std::size_t size) {
        Collector& self = collector(parser);
        self.last_was_value = true;
        if (self.in_head) self.message.fields.back().second.append(at, size);
        return 0;
    };
    settings.on_headers_complete = [](http_parser* parser) {
        collector(parser).in_head = false;
        // http_parser leaves it to its user to know which responses have no body.
        const unsigned status = parser->type == HTTP_RESPONSE ? parser->status_code : 200;
        const bool never_has_body = status < 200 || status == 204 || status == 304;
        return collector(parser).skip_body || never_has_body ? 1 : 0;
    };
    settings.on_body = [](http_parser* parser, const char* at, std::size_t size) {
        collector(parser).message.body.append(at, size);
        return 0;
    };
    settings.on_message_complete = [](http_parser* parser) {
        collector(parser).complete = true;
        http_parser_pause(parser, 1);  // the next message is none of our business
        return 0;
    };
    return settings;
}

void normalize_fields(OracleMessage& message) {
    for (auto& [name, value] : message.fields) {
        name = ascii::lower(name);
        value = std::string(http::trim_blanks(value));
    }
}

// ---- Beast ----

template <bool is_request>
std::optional<OracleMessage> read_beast(std::string_view octets, bool skip_body) {
    namespace beast = boost::beast::http;
    beast::parser<is_request, beast::string_body> parser;
    parser.header_limit(1u << 20);
    parser.body_limit(kBodyMax);
    parser.eager(true);
    parser.skip(skip_body);
    boost::beast::error_code error;
    while (!octets.empty() && !parser.is_done()) {
        const std::size_t used = parser.put(boost::asio::buffer(octets.data(), octets.size()), error);
        if (error == beast::error::need_more && used > 0) error = {};
        if (error) return std::nullopt;
        octets.remove_prefix(used);
    }
    if (!parser.is_done()) {
        parser.put_eof(error);
        if (error || !parser.is_done()) return std::nullopt;
    }
    OracleMessage message;
    const auto& read = parser.get();
    if constexpr (is_request) {
        message.method = std::string(read.method_string());
        message.target = std::string(read.target());
    } else {
        message.status = static_cast<int>(read.result_int());
    }
    message.body = read.body();
    return message;
}

// ---- Gatehouse ----

bool read_body(std::string_view octets, http::Framing framing, std::uint64_t length, const http::Limits& limits,
               std::string& body) {
    http::BodyDecoder decoder(framing, length, limits, kBodyMax);
    while (!decoder.done() && !octets.empty()) {
        const auto step = decoder.next(octets);
        if (step.state == http::BodyDecoder::State::failed) return false;
        body += step.data;
        octets.remove_prefix(step.consumed);
    }
    return decoder.done() || framing == http::Framing::until_close;
}

void copy_fields(const std::vector<http::Field>& fields, OracleMessage& message) {
    for (const http::Field& field : fields) message.fields.emplace_back(field.name, field.value);
}

// The target as the client wrote it, between the first two spaces.
std::string raw_target(std::string_view octets) {
    const std::size_t start = octets.find(' ') + 1;
    return std::string(octets.substr(start, octets.find(' ', start) - start));
}

// Ours leaves out what it removes; the rest has to be there, in the same order.
bool is_subsequence(const OracleMessage& ours, const OracleMessage& theirs) {
    auto position = theirs.fields.begin();
    for (const auto& field : ours.fields) {
        position = std::find(position, theirs.fields.end(), field);
        if (position == theirs.fields.end()) return false;
        ++position;
    }
    return true;
}

}  // namespace

std::optional<OracleMessage> read_with_http_parser(std::string_view octets, MessageKind kind) {
    static const http_parser_settings settings = collecting_settings();
    Collector self;
    self.skip_body = kind == MessageKind::response_to_head;
    http_parser parser;
    http_parser_init(&parser, kind == MessageKind::request ? HTTP_REQUEST : HTTP_RESPONSE);
    parser.data = &self;
    http_parser_execute(&parser, &settings, octets.data(), octets.size());
    if (!self.complete && HTTP_PARSER_ERRNO(&parser) == HPE_OK) http_parser_execute(&parser, &settings, nullptr, 0);
    if (!self.complete) return std::nullopt;
    if (kind == MessageKind::request) {
        self.message.method = http_method_str(static_cast<http_method>(parser.method));
    } else {
        self.message.status = parser.status_code;
    }
    normalize_fields(self.message);
    return std::move(self.message);
}

std::optional<OracleMessage> read_with_beast(std::string_view octets, MessageKind kind) {
    if (kind == MessageKind::request) return read_beast<true>(octets, false);
    return read_beast<false>(octets, kind == MessageKind::response_to_head);
}

std::optional<OracleMessage> read_with_gatehouse(std::string_view octets, MessageKind kind) {
    const http::Limits limits;
    std::string buffer(octets);
    OracleMessage message;
    if (kind == MessageKind::request) {
        http::RequestHead head;
        const auto result = http::RequestParser(limits).parse(buffer, head);
        if (result.status != http::ParseStatus::complete) return std::nullopt;
        message.method = std::string(head.method);
        message.target = raw_target(octets.starts_with("\r\n") ? octets.substr(2) : octets);
        copy_fields(head.fields, message);
        if (!read_body(octets.substr(result.consumed), head.framing, head.content_length, limits, message.body))
            return {};
    } else {
        http::ResponseHead head;
        const auto result = http::ResponseParser(limits).parse(buffer, kind == MessageKind::response_to_head, head);
        if (result.status != http::ParseStatus::complete) return std::nullopt;
        message.status = head.status;
        copy_fields(head.fields, message);
        if (!read_body(octets.substr(result.consumed), head.framing, head.content_length, limits, message.body))
            return {};
    }
    return message;
}

void expect_same_reading(std::string_view octets, MessageKind kind) {
    const auto ours = read_with_gatehouse(octets, kind);
    if (!ours) return;
    if (const auto theirs = read_with_http_parser(octets, kind)) {
        require(ours->method == theirs->method, "http_parser reads another method");
        require(ours->target == theirs->target, "http_parser reads another target");
        require(ours->status == theirs->status, "http_parser reads another status");
        require(ours->body == theirs->body, "http_parser reads another body");
        require(is_subsequence(*ours, *theirs), "http_parser reads other fields");
    }
    if (const auto theirs = read_with_beast(octets, kind)) {
        require(ours->method == theirs->method, "Beast reads another method");
        require(ours->target == theirs->target, "Beast reads another target");
        require(ours->status == theirs->status, "Beast reads another status");
        require(ours->body == theirs->body, "Beast reads another body");
    }
}

void require(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "finding: %s\n", what);
    std::abort();
}

}  // namespace gatehouse::fuzz
