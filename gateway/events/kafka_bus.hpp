#pragma once

#include "gateway/events/consumer_set.hpp"
#include "gateway/events/kafka_consumer.hpp"
#include "gateway/events/kafka_publisher.hpp"

namespace gatehouse::events {

// Events over Kafka: one topic for all of them, and one consumer group per service, which picks its types.
class KafkaBus final : public Bus {
public:
    KafkaBus(const KafkaOptions& options, Subscribers& subscribers, observe::Logger& logger)
        : options_(options), subscribers_(subscribers), logger_(logger), publisher_(options, logger) {}

    const char* name() const override { return "kafka"; }
    void publish(std::span<const Event> events, TimePoint deadline, std::span<gh_status> results) override {
        publisher_.publish(events, deadline, results);
    }
    void set_groups(const Groups& groups) override;
    BusStatus status() const override;
    void stop(TimePoint deadline) override;

private:
    const KafkaOptions options_;
    Subscribers& subscribers_;
    observe::Logger& logger_;
    KafkaPublisher publisher_;
    ConsumerSet<KafkaConsumer> consumers_;
};

}  // namespace gatehouse::events
