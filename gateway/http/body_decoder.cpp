#include "gateway/http/body_decoder.hpp"

#include <algorithm>
#include <limits>

namespace gatehouse::http {

BodyDecoder::BodyDecoder(Framing framing, std::uint64_t content_length, const Limits& limits,
                         std::uint64_t body_bytes_max)
    : limits_(&limits),
      framing_(framing),
      done_(framing == Framing::none || (framing == Framing::length && content_length == 0)),
      remaining_(framing == Framing::length ? content_length : 0),
      body_bytes_max_(body_bytes_max) {
    if (exceeds_bound(remaining_)) fail(413, "body_too_large");
}

BodyDecoder::Step BodyDecoder::next(std::string_view input) {
    if (done_) return {State::done, 0, {}, {}};
    if (failure_.status != 0) return {State::failed, 0, {}, failure_};
    switch (framing_) {
        case Framing::none: break;
        case Framing::chunked: return next_chunked(input);
        case Framing::length: {
            const Step step = take_payload(input, 0);
            done_ = remaining_ == 0;
            return {done_ ? State::done : State::more, step.consumed, step.data, {}};
        }
        case Framing::until_close:
            if (exceeds_bound(input.size())) return fail(413, "body_too_large");
            remaining_ = input.size();
            return take_payload(input, 0);
    }
    return {State::done, 0, {}, {}};
}

BodyDecoder::Step BodyDecoder::next_chunked(std::string_view input) {
    if (remaining_ > 0) return take_payload(input, 0);
    for (std::size_t i = 0; i < input.size(); ++i) {
        switch (chunks_.feed(input[i], *limits_)) {
            case ChunkFraming::Event::none: break;
            case ChunkFraming::Event::failed: return fail(400, chunks_.failure());
            case ChunkFraming::Event::end: done_ = true; return {State::done, i + 1, {}, {}};
            case ChunkFraming::Event::data_follows:
                remaining_ = chunks_.chunk_size();
                if (exceeds_bound(remaining_)) return fail(413, "body_too_large");
                return take_payload(input, i + 1);
        }
    }
    return {State::more, input.size(), {}, {}};
}

// What of the input, behind `framing_bytes` of framing, belongs to the body or chunk.
BodyDecoder::Step BodyDecoder::take_payload(std::string_view input, std::size_t framing_bytes) {
    input.remove_prefix(framing_bytes);
    const std::string_view data =
        input.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, input.size())));
    remaining_ -= data.size();
    payload_bytes_ += data.size();
    if (framing_ == Framing::chunked && remaining_ == 0) chunks_.data_ended();
    return {State::more, framing_bytes + data.size(), data, {}};
}

BodyDecoder::Step BodyDecoder::fail(int status, std::string_view reason) {
    failure_ = {status, reason};
    return {State::failed, 0, {}, failure_};
}

bool BodyDecoder::exceeds_bound(std::uint64_t more_bytes) const {
    constexpr auto kUnbounded = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const std::uint64_t bound = body_bytes_max_ == 0 ? kUnbounded : body_bytes_max_;
    return more_bytes > bound - payload_bytes_;
}

}  // namespace gatehouse::http
