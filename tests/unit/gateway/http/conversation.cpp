#include "tests/unit/gateway/http/conversation.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include "gateway/http/body_decoder.hpp"
#include "gateway/http/request_parser.hpp"
#include "gateway/http/response_parser.hpp"
#include "gateway/http/serializer.hpp"

namespace gatehouse::http::testing {

Splitter whole() {
    return [](std::size_t left) { return left; };
}

Splitter byte_by_byte() {
    return [](std::size_t) { return std::size_t{1}; };
}

Splitter random_pieces(unsigned seed) {
    auto random = std::make_shared<std::minstd_rand>(seed);
    return [random](std::size_t left) { return 1 + (*random)() % std::min<std::size_t>(left, 40); };
}

namespace {

std::string_view name_of(Framing framing) {
    switch (framing) {
        case Framing::none: return "";
        case Framing::length: return " length";
        case Framing::chunked: return " chunked";
        case Framing::until_close: return " until_close";
    }
    return "";
}

std::string shortened(std::string_view path) {
    if (path.size() <= 80) return std::string(path);
    return std::string(path.substr(0, 10)) + "... of " + std::to_string(path.size());
}

// What both directions share: a buffer that fills piece by piece, heads and bodies in turn.
class Reader {
public:
    explicit Reader(const Limits& limits) : limits_(limits) {}
    virtual ~Reader() = default;

    std::string read(std::string_view octets, const Splitter& splitter) {
        while (!octets.empty() && !over_) {
            const std::size_t size = std::min(splitter(octets.size()), octets.size());
            buffer_.erase(0, used_);
            used_ = 0;
            buffer_.append(octets.substr(0, size));
            octets.remove_prefix(size);
            while (!over_ && used_ < buffer_.size() && step()) {
            }
        }
        if (!over_) finish();
        return story();
    }

protected:
    virtual ParseResult parse_head(std::span<char> received) = 0;
    virtual void message_ended() = 0;
    virtual void finish() {
        if (in_body_)
            add("incomplete body");
        else if (used_ < buffer_.size())
            tell("incomplete head");
    }

    void begin_body(Framing framing, std::uint64_t length) {
        framing_ = framing;
        decoder_ = BodyDecoder(framing, length, limits_, limits_.body_bytes);
        in_body_ = true;
    }
    void tell(std::string message) { messages_.push_back(std::move(message)); }
    void add(std::string_view more) { messages_.back().append(" ").append(more); }
    void stop() { over_ = true; }

    const Limits& limits_;
    Framing framing_ = Framing::none;
    BodyDecoder decoder_;

private:
    // "a; 3 x b"
    std::string story() const {
        std::string story;
        for (auto first = messages_.begin(); first != messages_.end();) {
            const auto next = std::find_if(first, messages_.end(), [&](const auto& other) { return other != *first; });
            if (!story.empty()) story.append("; ");
            if (next - first > 1) story.append(std::to_string(next - first)).append(" x ");
            story.append(*first);
            first = next;
        }
        return story;
    }

    bool step() { return in_body_ ? step_body() : step_head(); }

    bool step_head() {
        const ParseResult result = parse_head(std::span(buffer_).subspan(used_));
        if (result.status == ParseStatus::need_more) return false;
        if (result.status == ParseStatus::failed) return fail(result.failure);
        used_ += result.consumed;
        if (in_body_ && decoder_.done()) end_body();
        return true;
    }

    bool step_body() {
        const BodyDecoder::Step step = decoder_.next(std::string_view(buffer_).substr(used_));
        used_ += step.consumed;
        if (step.state == BodyDecoder::State::failed) return fail(step.failure);
        if (decoder_.done()) end_body();
        return true;
    }

    void end_body() {
        in_body_ = false;
        if (framing_ != Framing::none) add(std::to_string(decoder_.payload_bytes()));
        message_ended();
    }

    bool fail(const ParseFailure& failure) {
        tell(std::to_string(failure.status) + " " + std::string(failure.reason));
        over_ = true;
        return false;
    }

    std::string buffer_;
    std::size_t used_ = 0;
    std::vector<std::string> messages_;
    bool in_body_ = false;
    bool over_ = false;
};

class RequestReader final : public Reader {
public:
    explicit RequestReader(const Limits& limits) : Reader(limits), parser_(limits) {}

private:
    ParseResult parse_head(std::span<char> received) override {
        const ParseResult result = parser_.parse(received, head_);
        if (result.status != ParseStatus::complete) return result;
        parser_.reset();
        keep_alive_ = head_.keep_alive;
        tell(std::string(head_.method) + " " + shortened(head_.path) + (head_.has_query ? "?" : "") +
             std::string(head_.query) + std::string(name_of(head_.framing)));
        begin_body(head_.framing, head_.content_length);
        return result;
    }

    void message_ended() override {
        if (keep_alive_) return;
        add("close");
        stop();
    }

    RequestParser parser_;
    RequestHead head_;
    bool keep_alive_ = true;
};

class ResponseReader final : public Reader {
public:
    ResponseReader(const Limits& limits, bool request_was_head)
        : Reader(limits), parser_(limits), request_was_head_(request_was_head) {}

private:
    ParseResult parse_head(std::span<char> received) override {
        if (complete_) {  // whatever comes now answers nothing
            const ParseFailure failure{502, "left_over"};
            return {ParseStatus::failed, 0, failure};
        }
        const ParseResult result = parser_.parse(received, request_was_head_, head_);
        if (result.status != ParseStatus::complete) return result;
        parser_.reset();
        status_ = head_.status;
        keep_alive_ = head_.keep_alive;
        tell(std::to_string(head_.status) + std::string(name_of(head_.framing)));
        begin_body(head_.framing, head_.content_length);
        return result;
    }

    void message_ended() override {
        complete_ = status_ >= 200;
        if (!keep_alive_) {
            add("close");
            stop();
        }
    }

    void finish() override {
        if (framing_ == Framing::until_close) {
            add(std::to_string(decoder_.payload_bytes()) + " close");
        } else {
            Reader::finish();
        }
    }

    ResponseParser parser_;
    ResponseHead head_;
    bool request_was_head_;
    bool keep_alive_ = true;
    int status_ = 0;
    bool complete_ = false;
};

}  // namespace

std::string converse(std::string_view octets, const Splitter& splitter, const Limits& limits) {
    return RequestReader(limits).read(octets, splitter);
}

std::string converse_upstream(std::string_view octets, bool request_was_head, const Splitter& splitter,
                              const Limits& limits) {
    return ResponseReader(limits, request_was_head).read(octets, splitter);
}

std::string serialize(const RequestHead& head) {
    std::string out;
    append_request_line(out, head.method, head.path, head.has_query, head.query);
    if (!head.authority.empty()) append_field(out, "host", head.authority);
    for (const Field& field : head.fields) append_field(out, field.name, field.value);
    if (head.framing == Framing::length) append_number_field(out, "content-length", head.content_length);
    if (head.framing == Framing::chunked) append_field(out, "transfer-encoding", "chunked");
    if (head.expects_continue) append_field(out, "expect", "100-continue");
    if (!head.keep_alive) append_field(out, "connection", "close");
    end_head(out);
    return out;
}

}  // namespace gatehouse::http::testing
