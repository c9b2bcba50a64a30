// Responses: any cut gives the same verdict, and other parsers read what is accepted in the same way. The first octet
// says whether the request was HEAD.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/http_oracles.hpp"
#include "tests/unit/gateway/http/conversation.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gatehouse;
    if (size == 0) return 0;
    const bool was_head = data[0] == 'h';
    const std::string_view octets(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto seed = static_cast<unsigned>(std::hash<std::string_view>{}(octets));
    const std::string verdict = http::testing::converse_upstream(octets, was_head, http::testing::whole());
    fuzz::require(http::testing::converse_upstream(octets, was_head, http::testing::byte_by_byte()) == verdict,
                  "octet by octet differs from whole");
    fuzz::require(http::testing::converse_upstream(octets, was_head, http::testing::random_pieces(seed)) == verdict,
                  "pieces differ from whole");
    fuzz::expect_same_reading(octets, was_head ? fuzz::MessageKind::response_to_head : fuzz::MessageKind::response);
    return 0;
}
