#include "gateway/events/kafka_client.hpp"

#include <syslog.h>

#include <array>
#include <atomic>
#include <utility>

namespace gatehouse::events {

namespace {

// librdkafka has one opaque pointer per handle, which our clients use for themselves: the way to the log is through
// them. Its lines go to the last logger that was given; there is one per process.
std::atomic<observe::Logger*> log_target{nullptr};

void write_log(const rd_kafka_t*, int level, const char* facility, const char* text) {
    observe::Logger* const logger = log_target.load();
    if (logger == nullptr || level > LOG_WARNING) return;
    logger->warn("kafka client", {{"facility", facility}, {"detail", text}});
}

}  // namespace

Result<KafkaPtr<rd_kafka_conf_t>> kafka_configuration(const KafkaOptions& options, const KafkaProperties& properties,
                                                      observe::Logger& logger) {
    KafkaPtr<rd_kafka_conf_t> conf(rd_kafka_conf_new());
    KafkaProperties all = properties;
    all["bootstrap.servers"] = options.brokers;
    all["client.id"] = "gatehouse";
    all["security.protocol"] =
        std::string(options.user.empty() ? "" : "sasl_") + (options.is_tls ? "ssl" : "plaintext");
    all["reconnect.backoff.max.ms"] = "5000";
    if (!options.ca_file.empty()) all["ssl.ca.location"] = options.ca_file;
    if (!options.user.empty()) {
        all["sasl.mechanism"] = options.mechanism;
        all["sasl.username"] = options.user;
        all["sasl.password"] = options.password;
    }
    std::array<char, 512> why{};
    for (const auto& [name, value] : all) {
        if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), why.data(), why.size()) != RD_KAFKA_CONF_OK)
            return Error{name + " was refused: " + (name == "sasl.password" ? "" : why.data())};
    }
    log_target = &logger;
    rd_kafka_conf_set_log_cb(conf.get(), &write_log);
    return conf;
}

Result<KafkaPtr<rd_kafka_t>> open_kafka(rd_kafka_type_t type, KafkaPtr<rd_kafka_conf_t> configuration) {
    std::array<char, 512> why{};
    rd_kafka_t* const handle = rd_kafka_new(type, configuration.get(), why.data(), why.size());
    if (handle == nullptr) return Error{why.data()};
    static_cast<void>(configuration.release());  // the handle owns it now
    return KafkaPtr<rd_kafka_t>(handle);
}

}  // namespace gatehouse::events
