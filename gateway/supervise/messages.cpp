#include "gateway/supervise/messages.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "gateway/base/base64url.hpp"
#include "gateway/config/event_bus_url.hpp"

namespace gatehouse::supervise {

namespace {

namespace json = boost::json;

std::string line_of(const json::object& object) { return json::serialize(object) + "\n"; }

// Absent and wrong members read as the default: both ends are of the same build.
class Reader final {
public:
    explicit Reader(std::string_view line) {
        boost::system::error_code failure;
        value_ = json::parse(json::string_view(line.data(), line.size()), failure);
        if (failure || !value_.is_object()) value_ = nullptr;
    }
    explicit operator bool() const { return value_.is_object(); }

    std::string text(std::string_view key) const {
        const json::value* found = find(key);
        return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
    }
    template <class Number>
    Number number(std::string_view key) const {
        const json::value* found = find(key);
        if (found == nullptr) return 0;
        boost::system::error_code failure;
        const Number number = found->to_number<Number>(failure);
        return failure ? Number{0} : number;
    }
    std::vector<std::string> texts(std::string_view key) const {
        std::vector<std::string> result;
        const json::value* found = find(key);
        if (found == nullptr || !found->is_array()) return result;
        for (const json::value& item : found->get_array()) {
            if (item.is_string()) result.emplace_back(item.get_string());
        }
        return result;
    }

private:
    const json::value* find(std::string_view key) const {
        return value_.get_object().if_contains(json::string_view(key.data(), key.size()));
    }
    json::value value_;
};

}  // namespace

std::string to_line(const Order& order) {
    return line_of({{"config", order.config_json},
                    {"assertion_key", base64url::encode(order.assertion_key)},
                    {"gateway", order.gateway},
                    {"events", order.events.url},
                    {"events_password", base64url::encode(order.events.password)},
                    {"events_ca", order.events.ca_file},
                    {"events_topic", order.events.topic},
                    {"events_prefix", order.events.prefix},
                    {"events_sasl", order.events.sasl},
                    {"events_quorum", order.events.quorum_queues ? 1 : 0},
                    {"events_in_hand", order.events.in_hand},
                    {"events_workers", order.events.workers},
                    {"memory", order.process.memory},
                    {"files", order.process.files},
                    {"loops", order.process.loops},
                    {"workers", order.workers},
                    {"queue", order.queue},
                    {"drain_ms", order.drain_timeout.count()},
                    {"kv_store", order.kv.store},
                    {"kv_password", base64url::encode(order.kv.password)},
                    {"kv_memory", order.kv.memory_bytes},
                    {"kv_timeout_ms", order.kv.timeout.count()},
                    {"probes", json::value_from(order.probes)}});
}

namespace {

Result<config::Events> read_events(const Reader& reader) {
    auto events = config::parse_event_bus(reader.text("events"));
    auto password = base64url::decode(reader.text("events_password"));
    if (!events || !password) return Error{"the gateway's order has a broken event bus"};
    events->password = std::move(*password);
    events->ca_file = reader.text("events_ca");
    events->topic = reader.text("events_topic");
    events->prefix = reader.text("events_prefix");
    events->sasl = reader.text("events_sasl");
    events->quorum_queues = reader.number<std::uint32_t>("events_quorum") != 0;
    events->in_hand = reader.number<std::uint32_t>("events_in_hand");
    events->workers = reader.number<std::uint32_t>("events_workers");
    return std::move(*events);
}

}  // namespace

Result<Order> parse_order(std::string_view line) {
    const Reader reader(line);
    if (!reader) return Error{"the gateway's order is not JSON"};
    auto key = base64url::decode(reader.text("assertion_key"));
    if (!key) return Error{"the gateway's order has a broken key"};
    auto kv_password = base64url::decode(reader.text("kv_password"));
    if (!kv_password) return Error{"the gateway's order has a broken password"};
    Order order;
    order.config_json = reader.text("config");
    order.assertion_key = std::move(*key);
    order.gateway = reader.text("gateway");
    auto events = read_events(reader);
    if (!events) return events.error();
    order.events = std::move(*events);
    order.process.memory = reader.number<std::uint64_t>("memory");
    order.process.files = reader.number<std::uint32_t>("files");
    order.process.loops = reader.number<std::uint32_t>("loops");
    order.workers = reader.number<std::uint32_t>("workers");
    order.queue = reader.number<std::uint32_t>("queue");
    order.drain_timeout = std::chrono::milliseconds(reader.number<std::int64_t>("drain_ms"));
    order.kv = {reader.text("kv_store"), std::move(*kv_password), reader.number<std::uint64_t>("kv_memory"),
                std::chrono::milliseconds(reader.number<std::int64_t>("kv_timeout_ms"))};
    order.probes = reader.texts("probes");
    return order;
}

std::string to_line(const Greeting& greeting) {
    if (!greeting.error.empty()) return line_of({{"error", greeting.error}});
    return line_of({{"abi", greeting.abi},
                    {"plugin", greeting.plugin},
                    {"version", greeting.version},
                    {"build_id", greeting.build_id},
                    {"pid", greeting.pid},
                    {"routes", json::value_from(greeting.routes)}});
}

Result<Greeting> parse_greeting(std::string_view line) {
    const Reader reader(line);
    if (!reader) return Error{"the child's greeting is not JSON"};
    Greeting greeting;
    greeting.error = reader.text("error");
    greeting.abi = reader.text("abi");
    greeting.plugin = reader.text("plugin");
    greeting.version = reader.text("version");
    greeting.build_id = reader.text("build_id");
    greeting.pid = reader.number<std::int64_t>("pid");
    greeting.routes = reader.texts("routes");
    if (greeting.error.empty() && greeting.plugin.empty()) return Error{"the child's greeting names no plugin"};
    return greeting;
}

}  // namespace gatehouse::supervise
