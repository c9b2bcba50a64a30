#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gateway/http/chunk_framing.hpp"
#include "gateway/http/limits.hpp"
#include "gateway/http/message.hpp"
#include "gateway/http/parse_result.hpp"

namespace gatehouse::http {

// Takes the framing off a body, piece by piece and without copying: data is a view into the input.
//
//   while (!decoder.done()) { auto step = decoder.next(input); input.remove_prefix(step.consumed); use(step.data); … }
//
// Trailers are parsed strictly, bounded and dropped: none of them is ever merged into the fields. After `failed` every
// further step fails in the same way; done() stays false.
class BodyDecoder final {
public:
    enum class State : std::uint8_t { more, done, failed };
    struct Step {
        State state = State::more;
        std::size_t consumed = 0;  // octets of input used up, framing included
        std::string_view data;     // payload among them; may be empty
        ParseFailure failure;      // with failed
    };

    BodyDecoder() = default;
    // body_bytes_max: payload bound (413 "body_too_large"); 0 = no bound. limits must outlive the decoder.
    BodyDecoder(Framing framing, std::uint64_t content_length, const Limits& limits, std::uint64_t body_bytes_max);

    // One step; with empty input it says `more` (or done, if nothing is left to come). For until_close the caller ends
    // the body itself when the peer closes. A step that gives data has consumed nothing behind it.
    Step next(std::string_view input);
    bool done() const { return done_; }
    std::uint64_t payload_bytes() const { return payload_bytes_; }

private:
    Step next_chunked(std::string_view input);
    Step take_payload(std::string_view input, std::size_t framing_bytes);
    Step fail(int status, std::string_view reason);
    bool exceeds_bound(std::uint64_t more_bytes) const;

    const Limits* limits_ = nullptr;
    Framing framing_ = Framing::none;
    bool done_ = true;
    std::uint64_t remaining_ = 0;  // of the body or of the present chunk
    std::uint64_t body_bytes_max_ = 0;
    std::uint64_t payload_bytes_ = 0;
    ChunkFraming chunks_;
    ParseFailure failure_{0, {}};
};

}  // namespace gatehouse::http
