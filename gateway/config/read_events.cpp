#include "gateway/config/event_bus_url.hpp"
#include "gateway/config/object_reader.hpp"
#include "gateway/config/reading.hpp"
#include "gateway/config/secrets.hpp"

namespace gatehouse::config {

namespace {

// Brokers' passwords are made by others: any length goes.
void read_password(const Node& node, Reading& reading, std::string& password) {
    std::string reference;
    if (!read_string(node, "password", reading.report, reference)) return;
    if (!is_reference(reference)) {
        reading.report.add(codes::literal_secret, node, "\"password\" is written into the file",
                           "secrets are referred to", "write env:NAME or file:PATH");
        return;
    }
    auto value = resolve_reference(reference, reading.base_directory);
    if (value) {
        password = std::move(*value);
    } else {
        reading.report.add(codes::missing_secret, node, value.error().message, {}, value.error().help);
    }
}

// Topic, exchange and queue names: what both brokers allow.
void check_name_of_broker(const ObjectReader& object, std::string_view key, const std::string& name, Report& report) {
    const bool is_good = !name.empty() && name.size() <= 100 &&
                         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
                             std::string::npos;
    if (!is_good) {
        report.add(codes::malformed, *object.find(key), quoted(name) + " cannot be a name in the broker",
                   "letters, digits, '.', '_' and '-', 100 at the most");
    }
}

}  // namespace

void read_events(const Node& node, Reading& reading) {
    const ObjectReader object(node, schema::events, reading.report);
    Events& events = reading.configuration.gateway.events;
    std::string url = events.url;
    object.read("bus", url);
    auto parsed = parse_event_bus(url);
    if (!parsed) {
        const Node* const bus = object.find("bus");
        reading.report.add(
            parsed.error().message.starts_with("a password") ? codes::literal_secret : codes::bad_address,
            bus != nullptr ? *bus : node, parsed.error().message, {}, parsed.error().help);
        return;
    }
    events = std::move(*parsed);
    if (const Node* const password = object.find("password")) read_password(*password, reading, events.password);
    object.read("ca", events.ca_file);
    object.read("topic", events.topic);
    object.read("prefix", events.prefix);
    object.read("in_hand", events.in_hand);
    object.read("workers", events.workers);
    events.quorum_queues = object.choice("queues") == "quorum";
    events.sasl = object.choice("sasl");
    if (object.find("topic") != nullptr) check_name_of_broker(object, "topic", events.topic, reading.report);
    if (object.find("prefix") != nullptr) check_name_of_broker(object, "prefix", events.prefix, reading.report);
    if (events.bus == Events::Bus::rabbitmq && events.is_tls && events.ca_file.empty()) {
        reading.report.add(codes::missing_key, node, "\"ca\" is missing", "amqps:// checks who the broker is",
                           "add ca: /etc/ssl/certs/ca-certificates.crt");
    }
}

}  // namespace gatehouse::config
