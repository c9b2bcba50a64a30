#include "sdk/service/event_queue.hpp"

#include <algorithm>
#include <utility>

namespace gatehouse::detail {

namespace {

constexpr std::size_t kWriteBytesMax = 64 * 1024;
constexpr std::string_view kComment = ":\n\n";
constexpr std::chrono::milliseconds kRetryAfterDrain{100};

std::string retry_frame(std::chrono::milliseconds wait) { return "retry: " + std::to_string(wait.count()) + "\n\n"; }

}  // namespace

void EventStreamsState::forget(const EventQueue& queue) {
    std::shared_ptr<EventQueue> last;  // released after the lock
    const std::scoped_lock lock(mutex);
    std::erase_if(all, [&](const auto& weak) {
        const auto held = weak.lock();
        return !held || held.get() == &queue;
    });
    const auto found = std::find_if(kept.begin(), kept.end(), [&](const auto& held) { return held.get() == &queue; });
    if (found != kept.end()) {
        last = std::move(*found);
        kept.erase(found);
    }
}

std::vector<std::shared_ptr<EventQueue>> EventStreamsState::live() {
    std::vector<std::shared_ptr<EventQueue>> held;
    const std::scoped_lock lock(mutex);
    held.reserve(all.size());
    for (const auto& weak : all) {
        if (auto queue = weak.lock()) held.push_back(std::move(queue));
    }
    return held;
}

EventQueue::EventQueue(std::shared_ptr<EventStreamsState> streams, StreamingRequest request)
    : streams_(std::move(streams)),
      loop_(streams_->host->loop_here(streams_->host)),
      last_event_id_(request.request().header("last-event-id").value_or("")),
      request_(std::move(request)) {}

void EventQueue::start() {
    Response head(200);
    head.header("cache-control", "no-store").header("x-accel-buffering", "no");
    head.body(retry_frame(streams_->options.retry), "text/event-stream");
    streams_->streams.set(static_cast<double>(++streams_->open));
    if (request_.start(std::move(head)) < 0) return end(End::gone);
    request_.on_cancel([weak = weak_from_this()](gh_status) {
        if (const auto self = weak.lock()) self->end(End::gone);
    });
    arm_heartbeat();
}

bool EventQueue::push(std::string frame) {
    const std::scoped_lock lock(mutex_);
    if (!is_open_ || is_closing_) return false;
    const EventStreamOptions& options = streams_->options;
    if (frames_.size() >= options.events_max || bytes_ + frame.size() > options.bytes_max) {
        is_open_ = false;
        is_too_slow_ = true;
        frames_.clear();
        bytes_ = 0;
    } else {
        bytes_ += frame.size();
        frames_.push_back(std::move(frame));
    }
    schedule();
    return is_open_;
}

void EventQueue::close() {
    const std::scoped_lock lock(mutex_);
    if (is_closing_ || !is_open_) return;
    is_closing_ = true;
    schedule();
}

// REQUIRES: locked. What a host that refuses leaves undone is done with the next event, at the latest by beat().
void EventQueue::schedule() {
    if (std::exchange(is_scheduled_, true)) return;
    auto* const self = new std::shared_ptr<EventQueue>(shared_from_this());
    if (streams_->host->post(streams_->host, loop_, &on_posted, self) == GH_OK) return;
    delete self;
    is_scheduled_ = false;
}

void EventQueue::on_posted(void* context) {
    const std::unique_ptr<std::shared_ptr<EventQueue>> self(static_cast<std::shared_ptr<EventQueue>*>(context));
    (*self)->run();
}

void EventQueue::run() {
    bool is_too_slow = false, ends_waits = false;
    {
        const std::scoped_lock lock(mutex_);
        is_scheduled_ = false;
        is_too_slow = is_too_slow_;
        ends_waits = std::exchange(ends_waits_, false);
    }
    if (is_too_slow) return end(End::slow);
    if (ends_waits && is_writing_) return end(End::gone);  // the client does not take what it waits for
    if (ends_waits) end_waits(GH_E_CANCELED);
    pump();
}

void EventQueue::pump() {
    while (!is_writing_ && !has_ended_) {
        std::string batch;
        bool is_closing = false;
        {
            const std::scoped_lock lock(mutex_);
            while (!frames_.empty() && batch.size() < kWriteBytesMax) {
                batch += frames_.front();
                frames_.pop_front();
            }
            bytes_ -= std::min(bytes_, batch.size());
            is_closing = is_closing_;
        }
        if (batch.empty() && is_closing && said_goodbye_) return end(End::closed);
        if (batch.empty() && is_closing) {
            said_goodbye_ = true;
            batch = retry_frame(kRetryAfterDrain);
        }
        if (batch.empty()) {
            if (sender_ != nullptr) std::exchange(sender_, nullptr)->finish(GH_OK);
            return;
        }
        wrote_since_beat_ = true;
        const auto keep = shared_from_this();
        const gh_status status =
            request_.write(std::move(batch), [self = keep](gh_status written) { self->on_written(written); });
        if (status < 0) return end(End::gone);
        is_writing_ = status == GH_PENDING;
    }
}

void EventQueue::on_written(gh_status status) {
    is_writing_ = false;
    if (status < 0) return end(End::gone);
    pump();
}

void EventQueue::end(End why) {
    if (std::exchange(has_ended_, true)) return;
    const auto keep = shared_from_this();
    bool had_more = false;
    {
        const std::scoped_lock lock(mutex_);
        is_open_ = false;
        had_more = !frames_.empty() || is_writing_;
        frames_.clear();
    }
    const EventStreamsState& streams = *streams_;
    streams.host->cancel(streams.host, heartbeat_);
    streams_->streams.set(static_cast<double>(--streams_->open));
    if (why == End::slow) streams.dropped.add(1, {"slow"});
    if (why == End::gone && had_more) streams.dropped.add(1, {"gone"});
    if (why == End::closed && !is_writing_) request_.finish();
    if (request_.is_open()) request_.abort();
    streams_->forget(*this);
    end_waits(GH_E_CANCELED);
}

void EventQueue::end_waits(gh_status status) {
    if (sender_ != nullptr) std::exchange(sender_, nullptr)->finish(status);
    if (closer_ != nullptr) std::exchange(closer_, nullptr)->finish(status);
}

// The timer's context is a reference of its own, so that the queue outlives it.
void EventQueue::arm_heartbeat() {
    auto* const self = new std::shared_ptr<EventQueue>(shared_from_this());
    const gh_host* const host = streams_->host;
    const auto wait = std::chrono::nanoseconds(streams_->options.heartbeat);
    if (host->sleep(host, loop_, static_cast<std::uint64_t>(wait.count()), &on_beat, self, &heartbeat_) != GH_PENDING) {
        delete self;
    }
}

void EventQueue::on_beat(void* context, gh_status status, const gh_error*) {
    const std::unique_ptr<std::shared_ptr<EventQueue>> self(static_cast<std::shared_ptr<EventQueue>*>(context));
    if (status == GH_OK) return (*self)->beat();
    (*self)->end(End::closed);  // the drain deadline
}

void EventQueue::beat() {
    if (has_ended_) return;
    if (!std::exchange(wrote_since_beat_, false) && !is_writing_) push(std::string(kComment));
    run();
    if (!has_ended_) arm_heartbeat();
}

gh_status EventQueue::begin_wait(EventWait& wait) {
    if (has_ended_) return GH_E_CANCELED;
    if (wait.frame_.empty()) {
        closer_ = &wait;
        return GH_PENDING;
    }
    if (!push(std::move(wait.frame_))) return GH_E_CANCELED;
    pump();
    if (has_ended_) return GH_E_CANCELED;
    if (!is_writing_) return GH_OK;
    sender_ = &wait;
    return GH_PENDING;
}

void EventQueue::stop_waiting() noexcept {
    const std::scoped_lock lock(mutex_);
    ends_waits_ = true;
    schedule();
}

EventWait::EventWait(std::shared_ptr<EventQueue> queue, std::string frame)
    : queue_(std::move(queue)), frame_(std::move(frame)) {}
EventWait::~EventWait() = default;
gh_status EventWait::begin() { return queue_->begin_wait(*this); }
void EventWait::stop() noexcept { queue_->stop_waiting(); }
void EventWait::await_resume() const { check_canceled(); }

}  // namespace gatehouse::detail
