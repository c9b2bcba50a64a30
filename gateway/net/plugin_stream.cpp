// The streaming half of PluginCall: answers in pieces, and bodies pulled in pieces. Everything here is [loop].
#include "gateway/host/host_table.hpp"
#include "gateway/host/lent_bytes.hpp"
#include "gateway/http/serializer.hpp"
#include "gateway/net/loop_server.hpp"
#include "gateway/net/plugin_call.hpp"

namespace gatehouse::net {

namespace {

std::string_view to_text(const gh_bytes& bytes) { return {reinterpret_cast<const char*>(bytes.ptr), bytes.len}; }

}  // namespace

gh_status PluginCall::start(const gh_response& response) noexcept {
    gh_bytes body = response.body;
    Phase expected = Phase::open;
    gh_status refused = GH_OK;
    if (is_cut_off()) {
        refused = GH_E_CANCELED;
    } else if (!phase_.compare_exchange_strong(expected, Phase::streaming, std::memory_order_acq_rel)) {
        refused = GH_E_STATE;
    } else {
        fields_.clear();
        stream_length_.reset();
        if (response.code < 200 || response.code > 599 || !append_response_fields(fields_, response, stream_length_)) {
            phase_.store(Phase::open, std::memory_order_release);
            refused = GH_E_INVALID;
        }
    }
    if (refused != GH_OK) {
        release(body);
        return refused;
    }
    status_ = response.code;
    client_.begin_head(status_);
    client_.head().append(fields_);
    const bool has_body = status_ != 204 && status_ != 304;
    const http::Framing wanted = stream_length_ ? http::Framing::length : http::Framing::chunked;
    stream_framing_ = client_.end_head(has_body ? wanted : http::Framing::none, stream_length_.value_or(0));
    client_.note_head_sent();
    stream_output_.add(client_.head());
    // Not from within the plugin's call.
    if (!client_.may_have_body(status_) && !stream_length_) {
        client_.loop().schedule(head_alone_timer_, Clock::now());
    }
    const gh_status sent = send_stream(body, nullptr, nullptr);
    return sent == GH_PENDING ? GH_OK : sent;
}

// The client has all that it asked for with HEAD, while the plugin would go on: nobody reads that, and behind it the
// next request of the connection would wait.
void PluginCall::on_head_alone() { tell_canceled(GH_E_CANCELED); }

gh_status PluginCall::write(gh_bytes chunk, gh_done done, void* context) noexcept {
    const bool is_streaming = phase_.load(std::memory_order_acquire) == Phase::streaming;
    if (!is_streaming || stream_done_ != nullptr || is_cut_off()) {
        release(chunk);
        return is_streaming && is_cut_off() ? GH_E_CLOSED : GH_E_STATE;
    }
    if (stream_length_ && stream_bytes_ + chunk.len > *stream_length_) {
        release(chunk);
        return GH_E_INVALID;
    }
    return send_stream(chunk, done, context);
}

// Sends a piece behind whatever still waits. The second of two pieces that wait is the last one that can be taken: the
// plugin is told to wait for it.
gh_status PluginCall::send_stream(gh_bytes chunk, gh_done done, void* context) {
    stream_bytes_ += chunk.len;
    const bool is_sent = chunk.len > 0 && client_.may_have_body(status_);
    if (is_sent) {
        const bool is_chunked = stream_framing_ == http::Framing::chunked;
        std::string& chunk_start = is_flushing_ ? stream_chunk_start_ : stream_head_start_;
        if (is_chunked) {
            chunk_start.clear();
            http::append_chunk_start(chunk_start, chunk.len);
            stream_output_.add(chunk_start);
        }
        stream_output_.add(to_text(chunk));
        if (is_chunked) stream_output_.add(http::kChunkEnd);
    }
    if (!is_flushing_) {
        const Channel::Send sent = client_.channel().send_now(stream_output_);
        if (sent != Channel::Send::blocked) {
            client_.note_sent(sent);
            release(chunk);
            return sent == Channel::Send::done ? GH_OK : GH_E_CLOSED;
        }
    }
    if (answer_body_.ptr == nullptr) {
        answer_body_ = chunk;
    } else {
        stream_chunk_ = chunk;
    }
    stream_done_ = done;
    stream_context_ = context;
    if (!is_flushing_) {
        is_flushing_ = true;
        spawn(flush_stream());
    }
    return GH_PENDING;
}

Task<> PluginCall::flush_stream() {
    const Channel::Send sent = co_await client_.channel().send(stream_output_, client_.server().timeouts().write);
    stream_flushed(sent);
}

void PluginCall::stream_flushed(Channel::Send sent) {
    is_flushing_ = false;
    client_.note_sent(sent);
    release(answer_body_);
    release(stream_chunk_);
    if (sent != Channel::Send::done) stream_output_ = Output();
    if (const gh_done done = std::exchange(stream_done_, nullptr)) {
        const host::Breadcrumb here = breadcrumb();
        done(stream_context_, sent == Channel::Send::done ? GH_OK : GH_E_CLOSED, nullptr);
    }
    if (is_ended_) wake();
}

gh_status PluginCall::finish(const gh_kv*, std::size_t) noexcept {
    Phase expected = Phase::streaming;
    const bool is_short = stream_length_ && stream_bytes_ != *stream_length_ && client_.may_have_body(status_);
    if (!phase_.compare_exchange_strong(expected, is_short ? Phase::aborted : Phase::finishing,
                                        std::memory_order_acq_rel)) {
        return GH_E_STATE;
    }
    const bool ends_with_chunk = stream_framing_ == http::Framing::chunked && client_.may_have_body(status_);
    if (!is_short && ends_with_chunk && !is_cut_off()) {
        stream_output_.add(http::kLastChunk);
        if (!is_flushing_) {
            const Channel::Send sent = client_.channel().send_now(stream_output_);
            if (sent == Channel::Send::blocked) {
                is_flushing_ = true;
                spawn(flush_stream());
            } else {
                client_.note_sent(sent);
            }
        }
    }
    end_from_plugin();
    return is_short ? GH_E_INVALID : GH_OK;
}

gh_bytes PluginCall::lend(std::string_view text) { return host::lend(generation_->table().operations(), text); }

// What has arrived of the body. False: nothing yet.
bool PluginCall::take_input(gh_bytes& out, gh_status& status) {
    RequestBody& body = client_.body();
    if (body.is_whole()) {
        const bool is_new = !gave_whole_body_ && !body.whole().empty();
        gave_whole_body_ = true;
        if (is_new) out = lend(body.whole());
        status = is_new ? GH_OK : GH_END;
        return true;
    }
    std::string_view piece;
    switch (body.next(piece)) {
        case RequestBody::Status::more: return false;
        case RequestBody::Status::done: status = GH_END; break;
        case RequestBody::Status::failed:
            client_.set_body_failure(body.failure());
            status = body.failure().status == 413 ? GH_E_LIMIT : GH_E_INVALID;
            break;
        case RequestBody::Status::data:
            out = lend(piece);
            status = out.ptr != nullptr ? GH_OK : GH_E_INTERNAL;
            break;
    }
    client_.exchange().bytes_in = body.received_bytes();
    return true;
}

gh_status PluginCall::read(gh_bytes* out, gh_read_done done, void* context) noexcept {
    const Phase phase = phase_.load(std::memory_order_acquire);
    if (!route_->streams_in() || is_reading_ || (phase != Phase::open && phase != Phase::streaming)) return GH_E_STATE;
    if (is_cut_off()) return GH_E_CANCELED;
    gh_status status = GH_OK;
    if (take_input(*out, status)) return status;
    is_reading_ = true;
    spawn(wait_for_input(done, context));
    return GH_PENDING;
}

Task<> PluginCall::wait_for_input(gh_read_done done, void* context) {
    gh_bytes piece{};
    gh_status status = GH_OK;
    bool has_input = false;
    while (!has_input) {
        const bool received = co_await client_.receive_body();
        if (!received) {
            status = client_.body_failure().status == 408 ? GH_E_TIMEOUT : GH_E_CLOSED;
            break;
        }
        has_input = take_input(piece, status);
    }
    is_reading_ = false;
    if (is_ended_) {  // by the plugin, meanwhile: what was promised is called all the same
        release(piece);
        {
            const host::Breadcrumb here = breadcrumb();
            done(context, GH_E_CLOSED, gh_bytes{}, nullptr);
        }
        wake();
        co_return;
    }
    const host::Breadcrumb here = breadcrumb();
    done(context, status, piece, nullptr);
}

}  // namespace gatehouse::net
