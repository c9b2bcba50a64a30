#include "tests/soak/client/clients.hpp"

#include <charconv>

namespace soak {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kRetryPause{50};  // after a failure; it is counted already
constexpr auto kSilenceMax = 20s;  // a request or a stream that nothing is heard of for so long is lost
constexpr std::size_t kPieceBytes = 1000;

std::string head_of(const Target& target) {
    std::string head = target.method + " " + target.path + " HTTP/1.1\r\nHost: soak.test\r\n" + target.fields;
    if (!target.body.empty()) {
        head += "Content-Type: application/json\r\nContent-Length: " + std::to_string(target.body.size()) + "\r\n";
    }
    return head + "\r\n" + target.body;
}

std::string unexpected(const ResponseReader& reader, const std::string& body) {
    return "status " + std::to_string(reader.status()) + ": " + body.substr(0, 300);
}

}  // namespace

Asker::Asker(Reactor& reactor, Statistics& statistics, const std::vector<Target>& targets, std::size_t first,
             std::chrono::nanoseconds interval)
    : Connection(reactor),
      statistics_(statistics),
      targets_(targets),
      next_(first % targets.size()),
      interval_(interval),
      due_(Clock::now() + interval * static_cast<int>(first % 16) / 16) {
    plan();
}

void Asker::plan() { reactor().wake_at(*this, std::max(due_, Clock::now())); }

void Asker::on_time() {
    if (!is_waiting_) return ask();
    close();
    on_lost("no answer");
}

void Asker::ask() {
    due_ = std::max(due_ + interval_, Clock::now());
    if (!is_open()) statistics_.count_reconnect();
    if (!connect()) {
        statistics_.fail(targets_[next_].name(), "cannot connect");
        reactor().wake_at(*this, Clock::now() + kRetryPause);
        return;
    }
    is_waiting_ = true;
    reader().begin();
    asked_ = Clock::now();
    send(head_of(targets_[next_]));
    reactor().wake_at(*this, asked_ + kSilenceMax);
}

void Asker::on_response() {
    const Target& target = targets_[next_];
    if (!is_waiting_) {
        statistics_.fail(target.name(), "an answer that nobody asked for: " + unexpected(reader(), reader().body()));
        return close();
    }
    is_waiting_ = false;
    statistics_.count_answer(static_cast<std::uint64_t>(std::chrono::nanoseconds(Clock::now() - asked_).count()));
    std::string failure;
    if (reader().status() != target.status) {
        failure = unexpected(reader(), reader().body());
    } else if (target.service != "-") {
        failure = statistics_.check_markers(target.service, reader().generation(), reader().body());
    }
    if (!failure.empty()) statistics_.fail(target.name(), failure);
    next_ = (next_ + 1) % targets_.size();
    plan();
}

void Asker::on_lost(std::string_view reason) {
    if (!is_waiting_) return;  // between requests it may; counted as a reconnect
    is_waiting_ = false;
    statistics_.fail(targets_[next_].name(), reason);
    reactor().wake_at(*this, Clock::now() + kRetryPause);
}

Follower::Follower(Reactor& reactor, Statistics& statistics, Target target, std::uint64_t count)
    : Connection(reactor), statistics_(statistics), target_(std::move(target)), count_(count) {
    reactor.wake_at(*this, Clock::now());
}

// Between streams: begin. Within one: see that something has come since the last time.
void Follower::on_time() {
    if (!is_following_) return begin();
    if (next_ == seen_at_alarm_) return give_up("silent for too long");
    seen_at_alarm_ = next_;
    reactor().wake_at(*this, Clock::now() + kSilenceMax);
}

void Follower::begin() {
    if (!connect()) return give_up("cannot connect");
    is_following_ = true;
    next_ = 0;
    seen_at_alarm_ = ~std::uint64_t{0};
    reader().begin();
    send(head_of(target_));
    reactor().wake_at(*this, Clock::now() + kSilenceMax);
}

void Follower::take_events() {
    if (reader().status() != 0 && reader().status() != target_.status) return;  // judged when it is complete
    std::string& body = reader().body();
    for (std::size_t end; (end = body.find("\n\n")) != std::string::npos; body.erase(0, end + 2)) {
        const std::string event = body.substr(0, end);
        if (std::string wrong = statistics_.check_markers(target_.service, reader().generation(), event);
            !wrong.empty()) {
            return give_up(wrong);
        }
        std::uint64_t number = 0;
        const std::size_t digits = event.rfind(' ') + 1;
        std::from_chars(event.data() + digits, event.data() + event.size(), number);
        if (number != next_) return give_up("event " + std::to_string(number) + " for " + std::to_string(next_));
        ++next_;
        statistics_.count_event();
    }
}

void Follower::on_response() {
    if (reader().status() != target_.status) return give_up(unexpected(reader(), reader().body()));
    if (count_ == 0) return give_up("the stream has ended");
    if (next_ != count_) return give_up("ended after " + std::to_string(next_) + " events");
    is_following_ = false;
    statistics_.count_stream();
    reactor().wake_at(*this, Clock::now());
}

void Follower::give_up(std::string_view reason) {
    statistics_.fail(target_.name(), reason);
    is_following_ = false;
    close();
    reactor().wake_at(*this, Clock::now() + kRetryPause);
}

Uploader::Uploader(Reactor& reactor, Statistics& statistics, Target target, std::uint64_t pieces,
                   std::chrono::nanoseconds pause)
    : Connection(reactor), statistics_(statistics), target_(std::move(target)), pieces_(pieces), pause_(pause) {
    target_.fields += "Transfer-Encoding: chunked\r\n";
    reactor.wake_at(*this, Clock::now());
}

void Uploader::on_time() {
    if (!is_open_request_) return begin();
    if (sent_ > pieces_) return finish("no answer");
    if (sent_++ == pieces_) {
        send("0\r\n\r\n");
        reactor().wake_at(*this, Clock::now() + kSilenceMax);
        return;
    }
    char size[16];
    const auto end = std::to_chars(size, size + sizeof size, kPieceBytes, 16).ptr;
    send(std::string(size, end) + "\r\n" + std::string(kPieceBytes, 'x') + "\r\n");
    reactor().wake_at(*this, Clock::now() + pause_);
}

void Uploader::begin() {
    if (!connect()) {
        statistics_.fail(target_.name(), "cannot connect");
        reactor().wake_at(*this, Clock::now() + kRetryPause);
        return;
    }
    is_open_request_ = true;
    sent_ = 0;
    reader().begin();
    send(head_of(target_));
    reactor().wake_at(*this, Clock::now() + pause_);
}

void Uploader::on_response() {
    const std::string length = " " + std::to_string(pieces_ * kPieceBytes) + "\n";
    if (reader().status() != target_.status) return finish(unexpected(reader(), reader().body()));
    if (sent_ <= pieces_) return finish("an answer before the body was complete");
    if (reader().body().find(length) == std::string::npos) return finish("another length: " + reader().body());
    finish(statistics_.check_markers(target_.service, reader().generation(), reader().body()));
}

void Uploader::finish(std::string_view failure) {
    is_open_request_ = false;
    if (failure.empty()) {
        statistics_.count_upload();
    } else {
        statistics_.fail(target_.name(), failure);
        close();
    }
    reactor().wake_at(*this, Clock::now() + (failure.empty() ? 0ms : kRetryPause));
}

void Uploader::on_lost(std::string_view reason) {
    if (is_open_request_) finish(reason);
}

}  // namespace soak
