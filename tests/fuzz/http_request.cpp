// Requests: any cut gives the same verdict; what is accepted survives being written and read again, and other parsers
// read it in the same way.
#include <cstddef>
#include <cstdint>

#include "gateway/http/request_parser.hpp"
#include "tests/fuzz/http_oracles.hpp"
#include "tests/unit/gateway/http/conversation.hpp"

namespace {

using namespace gatehouse;
using fuzz::require;

void expect_writing_is_faithful(std::string_view octets) {
    http::Limits limits;
    std::string buffer(octets);
    http::RequestHead head;
    const auto result = http::RequestParser(limits).parse(buffer, head);
    if (result.status != http::ParseStatus::complete) return;
    require(result.consumed <= octets.size(), "more consumed than there was");
    require(head.path == "*" || head.path.starts_with('/'), "a path begins with a slash");
    if (head.authority.empty()) return;  // HTTP/1.0 may go without; we write HTTP/1.1

    limits.header_bytes *= 2;  // we write "name: value" where "name:value" was
    limits.request_line_bytes *= 2;
    std::string written = http::testing::serialize(head);
    const std::string kept = written;
    http::RequestHead again;
    const auto second = http::RequestParser(limits).parse(written, again);
    require(second.status == http::ParseStatus::complete && second.consumed == written.size(),
            "refused when read again");
    require(written == kept, "what we write is in normal form");
    require(again.method == head.method && again.path == head.path && again.query == head.query &&
                again.has_query == head.has_query && again.authority == head.authority,
            "another target when read again");
    require(again.framing == head.framing && again.content_length == head.content_length &&
                again.keep_alive == head.keep_alive && again.expects_continue == head.expects_continue,
            "another framing when read again");
    require(again.fields == head.fields, "other fields when read again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view octets(reinterpret_cast<const char*>(data), size);
    const auto seed = static_cast<unsigned>(std::hash<std::string_view>{}(octets));
    const std::string verdict = http::testing::converse(octets, http::testing::whole());
    require(http::testing::converse(octets, http::testing::byte_by_byte()) == verdict,
            "octet by octet differs from whole");
    require(http::testing::converse(octets, http::testing::random_pieces(seed)) == verdict, "pieces differ from whole");
    expect_writing_is_faithful(octets);
    fuzz::expect_same_reading(octets, fuzz::MessageKind::request);
    return 0;
}
