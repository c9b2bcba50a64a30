#include "gateway/events/rabbit_bus.hpp"

namespace gatehouse::events {

RabbitBus::RabbitBus(const RabbitOptions& options, Subscribers& subscribers, observe::Logger& logger)
    : options_(options), subscribers_(subscribers), logger_(logger), publisher_(options, logger) {
    publisher_.start();
}

void RabbitBus::set_groups(const Groups& groups) {
    publisher_.set_groups(groups);
    consumers_.update(groups, [this](const std::string& service, const Group& group) {
        return std::make_shared<RabbitConsumer>(options_, service, group.types, subscribers_, logger_);
    });
}

BusStatus RabbitBus::status() const {
    const AmqpThread::Status publisher = publisher_.status();
    BusStatus status;
    status.is_connected = publisher.is_connected;
    status.was_connected = publisher.was_connected;
    status.problem = publisher.problem;
    consumers_.for_each([&](const std::string& service, const RabbitConsumer& consumer) {
        const AmqpThread::Status own = consumer.status();
        status.is_connected = status.is_connected && own.is_connected;
        if (status.problem.empty()) status.problem = own.problem;
        status.lag[service] = consumer.lag();
    });
    return status;
}

void RabbitBus::stop(TimePoint deadline) {
    consumers_.stop(deadline);
    publisher_.stop(deadline);
}

}  // namespace gatehouse::events
