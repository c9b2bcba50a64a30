// What a head costs to parse, beside http_parser (Node's old C parser, which only calls back and keeps nothing), and
// what the steps behind it cost. Each parse copies the octets first, because ours works in place; BM_Copy is that copy.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>

#include "gateway/http/body_decoder.hpp"
#include "gateway/http/request_parser.hpp"
#include "gateway/http/reserved_fields.hpp"
#include "gateway/http/response_parser.hpp"
#include "gateway/http/serializer.hpp"

#ifdef GATEHOUSE_HAVE_HTTP_PARSER
#include <http_parser.h>
#endif

namespace {

using namespace gatehouse::http;

const std::string kWrk =
    "GET /api/posts/018f3c2e-9a1b-7c3d-8e4f-1a2b3c4d5e6f HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
    "Authorization: Bearer eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiI0MiIsImV4cCI6MTc5OTk5OTk5OX0."
    "c2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbg\r\n"
    "Accept: */*\r\nUser-Agent: wrk/4.1.0\r\n\r\n";

const std::string kBrowser =
    "GET /assets/app.js?v=20240611 HTTP/1.1\r\nHost: app.example.com\r\nConnection: keep-alive\r\n"
    "sec-ch-ua: \"Chromium\";v=\"126\", \"Not.A/Brand\";v=\"24\"\r\nsec-ch-ua-mobile: ?0\r\n"
    "sec-ch-ua-platform: \"Linux\"\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like "
    "Gecko) "
    "Chrome/126.0.0.0 Safari/537.36\r\nAccept: */*\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: no-cors\r\n"
    "Sec-Fetch-Dest: script\r\nReferer: https://app.example.com/\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
    "Accept-Language: en-US,en;q=0.9,de;q=0.8\r\n"
    "Cookie: session=f3a1c5d7e9b2048611aa; theme=dark; _ga=GA1.1.1234567890.1700000000\r\n\r\n";

const std::string kResponse =
    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    "Content-Type: application/json\r\nContent-Length: 512\r\nConnection: keep-alive\r\nETag: \"66a1-200\"\r\n\r\n";

void BM_Copy(benchmark::State& state, const std::string& text) {
    std::string buffer = text;
    for (auto _ : state) {
        std::memcpy(buffer.data(), text.data(), text.size());
        benchmark::ClobberMemory();
    }
}

void BM_Request(benchmark::State& state, const std::string& text) {
    const Limits limits;
    RequestParser parser(limits);
    RequestHead head;
    std::string buffer = text;
    for (auto _ : state) {
        std::memcpy(buffer.data(), text.data(), text.size());
        const ParseResult result = parser.parse(buffer, head);
        if (result.status != ParseStatus::complete) state.SkipWithError("refused");
        parser.reset();
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

void BM_Response(benchmark::State& state, const std::string& text) {
    const Limits limits;
    ResponseParser parser(limits);
    ResponseHead head;
    std::string buffer = text;
    for (auto _ : state) {
        std::memcpy(buffer.data(), text.data(), text.size());
        const ParseResult result = parser.parse(buffer, false, head);
        if (result.status != ParseStatus::complete) state.SkipWithError("refused");
        parser.reset();
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

// Parse, strip identity, write on: the codec's whole share of one proxied request.
void BM_ParseStripWrite(benchmark::State& state, const std::string& text) {
    const Limits limits;
    const ReservedFields reserved(
        {"X-User-ID", "X-User-Name", "X-User-Roles", "X-Session-ID", "X-Gatehouse-Assertion"});
    RequestParser parser(limits);
    RequestHead head;
    std::string buffer = text;
    std::string out;
    for (auto _ : state) {
        std::memcpy(buffer.data(), text.data(), text.size());
        if (parser.parse(buffer, head).status != ParseStatus::complete) state.SkipWithError("refused");
        parser.reset();
        reserved.strip(head.fields);
        out.clear();
        append_request_line(out, head.method, head.path, head.has_query, head.query);
        append_field(out, "host", head.authority);
        for (const Field& field : head.fields) append_field(out, field.name, field.value);
        end_head(out);
        benchmark::DoNotOptimize(out.data());
    }
}

void BM_Chunked(benchmark::State& state) {
    const Limits limits;
    std::string body;
    for (int i = 0; i < 64; ++i) body += "400\r\n" + std::string(1024, 'x') + "\r\n";
    body += "0\r\n\r\n";
    for (auto _ : state) {
        BodyDecoder decoder(Framing::chunked, 0, limits, 0);
        std::string_view input = body;
        while (!decoder.done()) input.remove_prefix(decoder.next(input).consumed);
        benchmark::DoNotOptimize(decoder.payload_bytes());
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * body.size()));
}

#ifdef GATEHOUSE_HAVE_HTTP_PARSER
void BM_HttpParser(benchmark::State& state, const std::string& text, http_parser_type type) {
    http_parser_settings settings;
    http_parser_settings_init(&settings);
    std::size_t fields = 0;
    settings.on_header_field = settings.on_header_value =
        settings.on_url = [](http_parser* parser, const char*, std::size_t) {
            ++*static_cast<std::size_t*>(parser->data);
            return 0;
        };
    settings.on_headers_complete = [](http_parser*) { return 1; };  // no body
    std::string buffer = text;
    for (auto _ : state) {
        std::memcpy(buffer.data(), text.data(), text.size());
        http_parser parser;
        http_parser_init(&parser, type);
        parser.data = &fields;
        if (http_parser_execute(&parser, &settings, buffer.data(), buffer.size()) != buffer.size()) {
            state.SkipWithError("refused");
        }
        benchmark::DoNotOptimize(fields);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK_CAPTURE(BM_HttpParser, wrk, kWrk, HTTP_REQUEST);
BENCHMARK_CAPTURE(BM_HttpParser, browser, kBrowser, HTTP_REQUEST);
BENCHMARK_CAPTURE(BM_HttpParser, response, kResponse, HTTP_RESPONSE);
#endif

BENCHMARK_CAPTURE(BM_Copy, wrk, kWrk);
BENCHMARK_CAPTURE(BM_Copy, browser, kBrowser);
BENCHMARK_CAPTURE(BM_Request, wrk, kWrk);
BENCHMARK_CAPTURE(BM_Request, browser, kBrowser);
BENCHMARK_CAPTURE(BM_Response, response, kResponse);
BENCHMARK_CAPTURE(BM_ParseStripWrite, wrk, kWrk);
BENCHMARK_CAPTURE(BM_ParseStripWrite, browser, kBrowser);
BENCHMARK(BM_Chunked);

}  // namespace
