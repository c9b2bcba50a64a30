#pragma once

#include "gateway/events/consumer_set.hpp"
#include "gateway/events/rabbit_consumer.hpp"
#include "gateway/events/rabbit_publisher.hpp"

namespace gatehouse::events {

// Events over RabbitMQ: a topic exchange, and one durable queue per service.
//
//   publish() --> [publisher's connection] --> exchange gatehouse.events --type--> queue gatehouse.<service>
//   handler  <--  lanes  <--  [one connection per service of this process]  <------+
class RabbitBus final : public Bus {
public:
    RabbitBus(const RabbitOptions& options, Subscribers& subscribers, observe::Logger& logger);

    const char* name() const override { return "rabbitmq"; }
    void publish(std::span<const Event> events, TimePoint deadline, std::span<gh_status> results) override {
        publisher_.publish(events, deadline, results);
    }
    void set_groups(const Groups& groups) override;
    BusStatus status() const override;
    void stop(TimePoint deadline) override;

private:
    const RabbitOptions options_;
    Subscribers& subscribers_;
    observe::Logger& logger_;
    RabbitPublisher publisher_;
    ConsumerSet<RabbitConsumer> consumers_;
};

}  // namespace gatehouse::events
