#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gateway/http/limits.hpp"

namespace gatehouse::http {

// The octets around the data of a chunked body (RFC 9112 section 7.1), read one by one so that a line may be cut
// anywhere: size lines, extensions (checked and ignored), line ends, and trailers (checked and dropped).
class ChunkFraming final {
public:
    enum class Event : std::uint8_t { none, data_follows, end, failed };

    // Takes one octet. data_follows: the next chunk_size() octets are payload; after them call data_ended().
    Event feed(char c, const Limits& limits);
    void data_ended() { state_ = State::data_cr; }

    std::uint64_t chunk_size() const { return chunk_size_; }
    std::string_view failure() const { return failure_; }

private:
    enum class State : std::uint8_t {
        size_first,  // at least one digit has to come
        size,
        extension_name_first,
        extension_name,
        extension_value_first,
        extension_token,
        extension_quoted,
        extension_quoted_pair,
        extension_end,  // behind a quoted value
        size_lf,
        data_cr,
        data_lf,
        trailer_first,  // start of a line: a name, or the end
        trailer_name,
        trailer_value,
        trailer_lf,
        last_lf,
    };

    Event feed_size(char c);
    Event feed_extension(char c, const Limits& limits);
    Event feed_trailer(char c, const Limits& limits);
    Event feed_line_feed(char c, const Limits& limits);
    Event size_line_ended(const Limits& limits);
    Event go_to(State state) {
        state_ = state;
        return Event::none;
    }
    Event fail(std::string_view reason) {
        failure_ = reason;
        return Event::failed;
    }

    State state_ = State::size_first;
    std::uint64_t chunk_size_ = 0;
    std::size_t digits_ = 0;
    std::size_t extension_bytes_ = 0;   // of this line
    std::uint64_t extension_debt_ = 0;  // octets of extensions that no payload has made up for yet
    std::size_t trailer_bytes_ = 0;
    std::string_view failure_;
};

}  // namespace gatehouse::http
