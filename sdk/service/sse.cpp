#include <gatehouse/sse.hpp>

#include <algorithm>
#include <stdexcept>

#include "sdk/service/context_state.hpp"
#include "sdk/service/event_queue.hpp"

namespace gatehouse {

namespace {

constexpr std::string_view kBreaks{"\r\n\0", 3};

std::string field_of(std::string_view name, std::string_view value) {
    if (value.find_first_of(kBreaks) != std::string_view::npos) {
        throw std::logic_error("an event's " + std::string(name) + " must be one line");
    }
    return std::string(name) + ": " + std::string(value) + "\n";
}

}  // namespace

// Every line of the data is a field of its own; CR, LF and CR LF all end a line.
ServerEvent::ServerEvent(std::string_view data) {
    for (;;) {
        const std::size_t end = data.find_first_of("\r\n");
        data_ += "data: ";
        data_ += data.substr(0, end);
        data_ += '\n';
        if (end == std::string_view::npos) return;
        data.remove_prefix(end + (data.substr(end, 2) == "\r\n" ? 2 : 1));
    }
}

ServerEvent&& ServerEvent::type(std::string_view name) && {
    head_ += field_of("event", name);
    return std::move(*this);
}

ServerEvent&& ServerEvent::id(std::string_view id) && {
    head_ += field_of("id", id);
    return std::move(*this);
}

EventStream& EventStream::operator=(EventStream&& other) noexcept {
    close();
    queue_ = std::move(other.queue_);
    return *this;
}
EventStream::~EventStream() { close(); }
const std::string& EventStream::last_event_id() const { return queue_->last_event_id(); }
bool EventStream::push(const ServerEvent& event) { return queue_->push(event.frame()); }
detail::EventWait EventStream::send(const ServerEvent& event) { return {queue_, event.frame()}; }
detail::EventWait EventStream::closed() { return {queue_, {}}; }
void EventStream::close() {
    if (queue_) queue_->close();
}

EventStreams::EventStreams(Context& context, EventStreamOptions options)
    : state_(std::make_shared<detail::EventStreamsState>(
          context.host(), context.gauge("sse_streams", "Open event streams"),
          context.counter("sse_dropped_total", "Event streams ended although something waited", {"reason"}), options)) {
    detail::ContextAccess::state(context).on_drain.push_back([state = state_] {
        {
            const std::scoped_lock lock(state->mutex);
            state->is_draining = true;
        }
        for (const auto& queue : state->live()) queue->close();
    });
}

EventStreams::~EventStreams() = default;

EventStream EventStreams::open(StreamingRequest request) {
    auto queue = std::make_shared<detail::EventQueue>(state_, std::move(request));
    bool is_draining = false;
    {
        const std::scoped_lock lock(state_->mutex);
        state_->all.push_back(queue);
        is_draining = state_->is_draining;
    }
    queue->start();
    if (is_draining) queue->close();
    return EventStream(std::move(queue));
}

void EventStreams::add(StreamingRequest request, const std::function<void(EventStream&)>& ready) {
    auto queue = std::make_shared<detail::EventQueue>(state_, std::move(request));
    queue->start();
    if (ready) {
        EventStream borrowed(queue);
        ready(borrowed);
        borrowed.queue_.reset();
    }
    bool is_draining = false;
    {
        const std::scoped_lock lock(state_->mutex);
        state_->all.push_back(queue);
        state_->kept.push_back(queue);
        is_draining = state_->is_draining;
    }
    if (is_draining) queue->close();
}

void EventStreams::publish(const ServerEvent& event) {
    const std::string frame = event.frame();
    for (const auto& queue : state_->live()) queue->push(frame);
}

std::size_t EventStreams::count() const { return static_cast<std::size_t>(std::max<std::int64_t>(state_->open, 0)); }

}  // namespace gatehouse
