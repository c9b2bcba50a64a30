#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/events/bus.hpp"
#include "gateway/events/kafka_client.hpp"
#include "gateway/events/publish_window.hpp"
#include "gateway/events/wake_signal.hpp"

namespace gatehouse::events {

// Publishes to the topic with an idempotent producer (acks=all), key = source/subject, so that the events of a subject
// are in one partition. An event is safe once all in-sync replicas have it.
class KafkaPublisher final {
public:
    KafkaPublisher(const KafkaOptions& options, observe::Logger& logger);
    ~KafkaPublisher();
    KafkaPublisher(const KafkaPublisher&) = delete;
    KafkaPublisher& operator=(const KafkaPublisher&) = delete;

    void publish(std::span<const Event> events, TimePoint deadline, std::span<gh_status> results) {
        window_.publish(events, deadline, results);
    }
    BusStatus status() const;
    void stop(TimePoint deadline);

private:
    void run();
    bool open();
    void send();
    void look();  // whether the brokers are there
    void close(TimePoint deadline);
    void set_status(bool connected, const std::string& problem);
    static void on_report(rd_kafka_t* handle, const rd_kafka_message_t* message, void* self);
    static void on_error(rd_kafka_t* handle, int error, const char* reason, void* self);

    const KafkaOptions options_;
    observe::Logger& logger_;
    WakeSignal wake_;
    PublishWindow window_;
    KafkaPtr<rd_kafka_t> producer_;
    KafkaPtr<rd_kafka_queue_t> events_;  // of the producer; destroyed before it
    std::size_t on_their_way_ = 0;
    bool is_spoilt_ = false;  // the producer has met an error that ends it
    TimePoint next_look_{};
    std::atomic<bool> is_stopping_{false};
    std::atomic<Duration::rep> stop_by_{0};
    mutable std::mutex mutex_;  // status_
    BusStatus status_{.is_connected = false, .was_connected = false, .problem = {}, .lag = {}};
    std::thread thread_;
};

}  // namespace gatehouse::events
