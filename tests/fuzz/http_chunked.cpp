// Chunked bodies: any cut gives the same payload and the same end, and other parsers read the same payload.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "gateway/http/body_decoder.hpp"
#include "tests/fuzz/http_oracles.hpp"

namespace {

using namespace gatehouse;
constexpr std::uint64_t kBodyMax = 1u << 20;

struct Decoded {
    std::string payload;
    http::BodyDecoder::State state = http::BodyDecoder::State::more;
    std::string_view reason;
    std::size_t used = 0;
    friend bool operator==(const Decoded&, const Decoded&) = default;
};

Decoded decode(std::string_view octets, std::size_t piece_bytes) {
    const http::Limits limits;
    http::BodyDecoder decoder(http::Framing::chunked, 0, limits, kBodyMax);
    Decoded result;
    std::size_t available = 0;
    while (!decoder.done() && (result.used < octets.size())) {
        available = std::max(available, std::min(octets.size(), result.used + piece_bytes));
        const auto step = decoder.next(octets.substr(result.used, available - result.used));
        fuzz::require(step.consumed <= available - result.used, "more consumed than there was");
        result.payload += step.data;
        result.used += step.consumed;
        result.state = step.state;
        result.reason = step.failure.reason;
        if (step.state == http::BodyDecoder::State::failed) {
            result.used = 0;  // where in a piece it failed is not said
            return result;
        }
        fuzz::require(step.consumed > 0, "a step that makes no progress");
    }
    fuzz::require(decoder.payload_bytes() == result.payload.size(), "payload is counted");
    fuzz::require(result.payload.size() <= kBodyMax, "payload is bounded");
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view octets(reinterpret_cast<const char*>(data), size);
    const Decoded whole = decode(octets, std::max<std::size_t>(size, 1));
    fuzz::require(decode(octets, 1) == whole, "octet by octet differs from whole");
    fuzz::require(decode(octets, 3) == whole, "pieces of three differ from whole");
    fuzz::expect_same_reading("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(octets),
                              fuzz::MessageKind::request);
    return 0;
}
