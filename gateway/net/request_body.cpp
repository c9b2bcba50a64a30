#include "gateway/net/request_body.hpp"

namespace gatehouse::net {

void RequestBody::begin(const http::RequestHead& head, std::size_t head_bytes, const http::Limits& limits,
                        Channel& channel) {
    channel_ = &channel;
    limits_ = &limits;
    body_bytes_max_ = limits.body_bytes;
    framing_ = head.framing;
    content_length_ = head.content_length;
    to_consume_ = 0;
    has_begun_ = false;
    whole_ = {};
    const std::size_t arrived = channel.unread().size() - head_bytes;
    is_whole_ = framing_ == http::Framing::none || (framing_ == http::Framing::length && content_length_ <= arrived);
    if (is_whole_) {
        const auto body_bytes = framing_ == http::Framing::none ? 0 : static_cast<std::size_t>(content_length_);
        const std::span<char> pinned = channel.input().pin(head_bytes + body_bytes);
        whole_ = {pinned.data() + head_bytes, body_bytes};
    } else {
        channel.input().pin(head_bytes);
    }
}

RequestBody::Status RequestBody::next(std::string_view& data) {
    if (is_whole_) return Status::done;
    if (!has_begun_) {
        has_begun_ = true;
        decoder_ = http::BodyDecoder(framing_, content_length_, *limits_, body_bytes_max_);
    }
    channel_->input().consume(std::exchange(to_consume_, 0));
    for (;;) {
        if (decoder_.done()) return Status::done;
        const std::span<char> unread = channel_->unread();
        const http::BodyDecoder::Step step = decoder_.next({unread.data(), unread.size()});
        if (step.state == http::BodyDecoder::State::failed) {
            failure_ = step.failure;
            return Status::failed;
        }
        if (!step.data.empty()) {
            data = step.data;
            to_consume_ = step.consumed;
            return Status::data;
        }
        channel_->input().consume(step.consumed);
        if (step.state == http::BodyDecoder::State::done) return Status::done;
        if (step.consumed == 0 || channel_->unread().empty()) return Status::more;
    }
}

}  // namespace gatehouse::net
