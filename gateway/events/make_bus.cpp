#include "gateway/events/make_bus.hpp"

#include "gateway/events/kafka_bus.hpp"
#include "gateway/events/rabbit_bus.hpp"

namespace gatehouse::events {

namespace {

RabbitOptions rabbit_options(const config::Events& events) {
    RabbitOptions options;
    options.host = events.host;
    options.port = events.port;
    options.vhost = events.vhost;
    if (!events.user.empty()) {
        options.user = events.user;
        options.password = events.password;
    }
    options.is_tls = events.is_tls;
    options.ca_file = events.ca_file;
    options.exchange = events.topic;
    options.queue_prefix = events.prefix;
    options.quorum_queues = events.quorum_queues;
    options.prefetch = static_cast<std::uint16_t>(events.in_hand);
    options.workers = events.workers;
    return options;
}

std::string upper(std::string text) {
    for (char& c : text) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

KafkaOptions kafka_options(const config::Events& events) {
    KafkaOptions options;
    options.brokers = events.brokers;
    options.topic = events.topic;
    options.group_prefix = events.prefix;
    options.user = events.user;
    options.password = events.password;
    options.mechanism = upper(events.sasl);
    options.is_tls = events.is_tls;
    options.ca_file = events.ca_file;
    options.in_hand = events.in_hand;
    options.workers = events.workers;
    return options;
}

}  // namespace

std::unique_ptr<Bus> make_bus(const config::Events& events, Subscribers& subscribers,
                              std::unique_ptr<RemoteSubscribers> remote, observe::Logger& logger) {
    switch (events.bus) {
        case config::Events::Bus::embedded: return std::make_unique<EmbeddedBus>(subscribers, std::move(remote));
        case config::Events::Bus::rabbitmq:
            return std::make_unique<RabbitBus>(rabbit_options(events), subscribers, logger);
        case config::Events::Bus::kafka: return std::make_unique<KafkaBus>(kafka_options(events), subscribers, logger);
    }
    return nullptr;
}

}  // namespace gatehouse::events
