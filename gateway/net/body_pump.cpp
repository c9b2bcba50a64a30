#include "gateway/net/body_pump.hpp"

#include "gateway/http/serializer.hpp"

namespace gatehouse::net {

void BodyPump::start(Channel& upstream, http::Framing framing) {
    is_running_ = true;
    is_stopping_ = is_complete_ = client_failed_ = false;
    stopper_ = nullptr;
    spawn(run(upstream, framing));
}

Task<> BodyPump::run(Channel& upstream, http::Framing framing) {
    bool goes_on = true;
    while (goes_on && !is_stopping_) {
        std::string_view piece;
        switch (client_.body().next(piece)) {
            case RequestBody::Status::data: goes_on = co_await send(upstream, framing, piece); break;
            case RequestBody::Status::more:
                goes_on = co_await client_.receive_body();
                if (!goes_on && !is_stopping_) client_failed_ = true;
                break;
            case RequestBody::Status::failed:
                client_.set_body_failure(client_.body().failure());
                client_failed_ = true;
                goes_on = false;
                break;
            case RequestBody::Status::done:
                is_complete_ = true;
                if (framing == http::Framing::chunked) {
                    Output last;
                    last.add(http::kLastChunk);
                    is_complete_ = co_await upstream.send(last, kStallTimeout) == Channel::Send::done;
                }
                goes_on = false;
                break;
        }
    }
    client_.exchange().bytes_in = client_.body().received_bytes();
    end(upstream);
}

Task<bool> BodyPump::send(Channel& upstream, http::Framing framing, std::string_view piece) {
    Output output;
    if (framing == http::Framing::chunked) {
        chunk_start_.clear();
        http::append_chunk_start(chunk_start_, piece.size());
        output.add(chunk_start_);
        output.add(piece);
        output.add(http::kChunkEnd);
    } else {
        output.add(piece);
    }
    const Channel::Send sent = co_await upstream.send(output, kStallTimeout);
    co_return sent == Channel::Send::done;
}

// A body that cannot be completed makes the whole exchange fail: the upstream must never take it for complete. An
// upstream that stopped reading may still answer.
void BodyPump::end(Channel& upstream) {
    is_running_ = false;
    if (client_failed_) upstream.close();
    if (is_complete_ && !is_stopping_) client_.channel().read_ahead();
    if (stopper_) std::exchange(stopper_, nullptr).resume();
}

}  // namespace gatehouse::net
