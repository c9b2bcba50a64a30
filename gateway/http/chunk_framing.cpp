#include "gateway/http/chunk_framing.hpp"

#include <algorithm>

#include "gateway/http/characters.hpp"

namespace gatehouse::http {

namespace {

constexpr std::size_t kSizeDigitsMax = 16;  // fills 64 bits

}  // namespace

ChunkFraming::Event ChunkFraming::feed(char c, const Limits& limits) {
    switch (state_) {
        case State::size_first:
        case State::size: return feed_size(c);
        case State::extension_name_first:
        case State::extension_name:
        case State::extension_value_first:
        case State::extension_token:
        case State::extension_quoted:
        case State::extension_quoted_pair:
        case State::extension_end: return feed_extension(c, limits);
        case State::trailer_first:
        case State::trailer_name:
        case State::trailer_value: return feed_trailer(c, limits);
        case State::data_cr: return c == '\r' ? go_to(State::data_lf) : fail("bad_chunk_end");
        case State::size_lf:
        case State::data_lf:
        case State::trailer_lf:
        case State::last_lf: return feed_line_feed(c, limits);
    }
    return fail("bad_chunk");
}

ChunkFraming::Event ChunkFraming::feed_size(char c) {
    const int digit = hex_value(c);
    if (digit >= 0) {
        if (state_ == State::size_first) chunk_size_ = digits_ = extension_bytes_ = 0;
        if (++digits_ > kSizeDigitsMax) return fail("chunk_size_overflow");
        chunk_size_ = chunk_size_ * 16 + static_cast<std::uint64_t>(digit);
        return go_to(State::size);
    }
    if (state_ == State::size && c == ';') return go_to(State::extension_name_first);
    if (state_ == State::size && c == '\r') return go_to(State::size_lf);
    return fail("bad_chunk_size");
}

// *( ";" token [ "=" ( token / quoted-string ) ] ), without the white space that only bad senders put in.
ChunkFraming::Event ChunkFraming::feed_extension(char c, const Limits& limits) {
    if (++extension_bytes_ + digits_ > limits.chunk_line_bytes) return fail("chunk_line_too_long");
    const bool may_end =
        state_ == State::extension_name || state_ == State::extension_token || state_ == State::extension_end;
    if (may_end && c == '\r') return go_to(State::size_lf);
    if (may_end && c == ';') return go_to(State::extension_name_first);
    switch (state_) {
        case State::extension_name_first:
            return is_token_char(c) ? go_to(State::extension_name) : fail("bad_chunk_extension");
        case State::extension_name:
            if (c == '=') return go_to(State::extension_value_first);
            return is_token_char(c) ? Event::none : fail("bad_chunk_extension");
        case State::extension_value_first:
            if (c == '"') return go_to(State::extension_quoted);
            return is_token_char(c) ? go_to(State::extension_token) : fail("bad_chunk_extension");
        case State::extension_token: return is_token_char(c) ? Event::none : fail("bad_chunk_extension");
        case State::extension_quoted:
            if (c == '"') return go_to(State::extension_end);
            if (c == '\\') return go_to(State::extension_quoted_pair);
            return is_field_value_char(c) ? Event::none : fail("bad_chunk_extension");
        case State::extension_quoted_pair:
            return is_field_value_char(c) ? go_to(State::extension_quoted) : fail("bad_chunk_extension");
        default: return fail("bad_chunk_extension");
    }
}

ChunkFraming::Event ChunkFraming::feed_trailer(char c, const Limits& limits) {
    if (++trailer_bytes_ > limits.trailer_bytes) return fail("trailers_too_large");
    if (state_ == State::trailer_first) {
        if (c == '\r') return go_to(State::last_lf);
        return is_token_char(c) ? go_to(State::trailer_name) : fail("bad_trailer");
    }
    if (state_ == State::trailer_name) {
        if (c == ':') return go_to(State::trailer_value);
        return is_token_char(c) ? Event::none : fail("bad_trailer");
    }
    if (c == '\r') return go_to(State::trailer_lf);
    return is_field_value_char(c) ? Event::none : fail("bad_trailer");
}

ChunkFraming::Event ChunkFraming::feed_line_feed(char c, const Limits& limits) {
    if (c != '\n') return fail("bare_cr");
    switch (state_) {
        case State::size_lf: return size_line_ended(limits);
        case State::data_lf: return go_to(State::size_first);
        case State::trailer_lf: return go_to(State::trailer_first);
        default: return Event::end;
    }
}

// Extensions that outweigh what they come with are an attack on the reader's time: payload pays for them.
ChunkFraming::Event ChunkFraming::size_line_ended(const Limits& limits) {
    if (chunk_size_ == 0) return go_to(State::trailer_first);
    extension_debt_ += extension_bytes_;
    extension_debt_ -= std::min(extension_debt_, chunk_size_);
    if (extension_debt_ > limits.chunk_extension_bytes) return fail("chunk_extensions_too_large");
    return Event::data_follows;
}

}  // namespace gatehouse::http
