#pragma once

#include <cstdint>
#include <string_view>

#include "gateway/base/channel.hpp"
#include "gateway/http/body_decoder.hpp"
#include "gateway/http/message.hpp"

namespace gatehouse::net {

// The body of one request, decoded as it arrives in the client's channel. A body of known length that has arrived with
// its head is pinned together with it: whole(), free to be used again for a second attempt.
class RequestBody final {
public:
    enum class Status : std::uint8_t {
        data,    // `data` is a piece; valid until the next call and until the channel reads on
        more,    // receive more, then ask again
        done,    // nothing is left
        failed,  // see failure()
    };

    // Pins the head, which is the first head_bytes of the channel's input, and the body if it is there. `limits` must
    // outlive the request.
    void begin(const http::RequestHead& head, std::size_t head_bytes, const http::Limits& limits, Channel& channel);
    // The most that next() lets through, once the route is known. REQUIRES: no next() so far.
    void set_limit(std::uint64_t body_bytes_max) { body_bytes_max_ = body_bytes_max; }

    bool is_whole() const { return is_whole_; }
    std::string_view whole() const { return whole_; }
    bool done() const { return is_whole_ || (has_begun_ && decoder_.done()); }
    bool has_begun() const { return has_begun_; }

    Status next(std::string_view& data);
    const http::ParseFailure& failure() const { return failure_; }
    std::uint64_t received_bytes() const {
        if (is_whole_) return whole_.size();
        return has_begun_ ? decoder_.payload_bytes() : 0;
    }
    // With Framing::length: what is still to come, arrived or not.
    std::uint64_t remaining_bytes() const { return content_length_ - received_bytes(); }

private:
    Channel* channel_ = nullptr;
    http::BodyDecoder decoder_;
    http::ParseFailure failure_;
    http::Framing framing_ = http::Framing::none;
    std::uint64_t content_length_ = 0;
    std::uint64_t body_bytes_max_ = 0;
    const http::Limits* limits_ = nullptr;
    std::string_view whole_;
    std::size_t to_consume_ = 0;  // of the piece that was given out last
    bool is_whole_ = true;
    bool has_begun_ = false;
};

}  // namespace gatehouse::net
