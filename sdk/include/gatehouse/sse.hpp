// Server-sent events (HTML Living Standard, 9.2) to many clients, each as fast as it reads.
//
//     class Feed final : public Service {
//         Feed(Context& context) : events_(context) {
//             context.get("/feed", &Feed::follow).on_loop();
//             context.post("/messages", &Feed::add);
//         }
//         void follow(StreamingRequest request) { events_.add(std::move(request)); }         // stays until it leaves
//         Message add(const Message& message) { events_.publish(ServerEvent(to_json(message)).type("message")); … }
//         EventStreams events_;
//     };
//
// or, one stream and its own source, in a task:
//
//     task<> count(StreamingRequest request) {
//         EventStream events = events_.open(std::move(request));
//         for (int i = 0;; ++i) {
//             co_await events.send(ServerEvent(std::to_string(i)).id(std::to_string(i)));   // waits for a slow client
//             co_await sleep_for(1s);
//         }
//     }
//
// A quiet stream says ":" every 15 s, so that proxies keep it and a client that is gone is noticed. When this
// generation drains, each stream ends with a short `retry:`: clients come back, to the next one.
#pragma once

#include <gatehouse/context.hpp>
#include <gatehouse/streaming.hpp>
#include <gatehouse/task.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace gatehouse {

namespace detail {
class EventQueue;
struct EventStreamsState;
}  // namespace detail

// One event as text on the wire. type and id must not hold a line break or NUL (logic_error).
class ServerEvent {
public:
    explicit ServerEvent(std::string_view data);  // of any number of lines
    ServerEvent&& type(std::string_view name) &&;
    ServerEvent&& id(std::string_view id) &&;
    [[nodiscard]] std::string frame() const { return head_ + data_ + "\n"; }

private:
    std::string head_, data_;
};

struct EventStreamOptions {
    std::size_t events_max = 256;  // waiting to be sent, per client; one more and the client is dropped as too slow
    std::size_t bytes_max = 256 * 1024;
    std::chrono::milliseconds heartbeat{15'000};
    std::chrono::milliseconds retry{2'000};  // how long clients wait before they come back
};

namespace detail {

class EventWait final : public HostWait {
public:
    EventWait(std::shared_ptr<EventQueue> queue, std::string frame);
    ~EventWait() override;
    void await_resume() const;  // throws Canceled when the stream has ended

private:
    friend class EventQueue;
    gh_status begin() override;
    void stop() noexcept override;
    std::shared_ptr<EventQueue> queue_;
    std::string frame_;  // empty: waits for the end
};

}  // namespace detail

// One client. Move-only; ends the stream when destroyed.
class EventStream {
public:
    explicit EventStream(std::shared_ptr<detail::EventQueue> queue) : queue_(std::move(queue)) {}
    EventStream(EventStream&&) noexcept = default;
    EventStream& operator=(EventStream&& other) noexcept;
    ~EventStream();

    // What the client has seen last (Last-Event-ID); empty if it is new.
    [[nodiscard]] const std::string& last_event_id() const;
    // Queues it, from any thread. False: the stream has ended, or just did because the client is too slow.
    bool push(const ServerEvent& event);
    // co_await: returns when it was handed to the client's connection. Throws Canceled when the stream has ended.
    [[nodiscard]] detail::EventWait send(const ServerEvent& event);
    // co_await: throws Canceled when the client is gone, too slow, or this generation drains.
    [[nodiscard]] detail::EventWait closed();
    void close();

private:
    friend class EventStreams;
    std::shared_ptr<detail::EventQueue> queue_;
};

// All event streams of one service. A member of the service, made in its constructor: it declares metrics.
//   sse_streams                  gauge, open streams
//   sse_dropped_total{reason}    "slow": more waits than may; "gone": the client left while something waited
class EventStreams {
public:
    explicit EventStreams(Context& context, EventStreamOptions options = {});
    ~EventStreams();
    EventStreams(const EventStreams&) = delete;
    EventStreams& operator=(const EventStreams&) = delete;

    // Begins the answer. REQUIRES: the request's loop.
    [[nodiscard]] EventStream open(StreamingRequest request);
    // As open(), and keeps the stream until its client leaves. ready, if any, runs first: to send what it has missed.
    void add(StreamingRequest request, const std::function<void(EventStream&)>& ready = {});
    // To every open stream, from any thread.
    void publish(const ServerEvent& event);
    [[nodiscard]] std::size_t count() const;

private:
    std::shared_ptr<detail::EventStreamsState> state_;
};

}  // namespace gatehouse
