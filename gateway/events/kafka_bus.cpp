#include "gateway/events/kafka_bus.hpp"

namespace gatehouse::events {

void KafkaBus::set_groups(const Groups& groups) {
    consumers_.update(groups, [this](const std::string& service, const Group& group) {
        return std::make_shared<KafkaConsumer>(options_, service, group.types, subscribers_, logger_);
    });
}

BusStatus KafkaBus::status() const {
    BusStatus status = publisher_.status();
    consumers_.for_each(
        [&](const std::string& service, const KafkaConsumer& consumer) { status.lag[service] = consumer.lag(); });
    return status;
}

void KafkaBus::stop(TimePoint deadline) {
    consumers_.stop(deadline);
    publisher_.stop(deadline);
}

}  // namespace gatehouse::events
