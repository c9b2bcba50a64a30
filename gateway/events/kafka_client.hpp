#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/observe/log.hpp"

namespace gatehouse::events {

struct KafkaOptions {
    std::string brokers;  // host:port,host:port
    std::string topic = "gatehouse.events";
    std::string group_prefix = "gatehouse.";
    std::string user, password;  // SASL if there is a user
    std::string mechanism = "SCRAM-SHA-512";
    bool is_tls = false;
    std::string ca_file;        // PEM; empty = those of the system
    std::size_t in_hand = 256;  // events of one service that were fetched and are not processed
    std::size_t workers = 2;    // threads that run one service's handlers
};

struct DestroyKafka {
    void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
    void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
    void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
    void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
    void operator()(rd_kafka_topic_partition_list_t* list) const { rd_kafka_topic_partition_list_destroy(list); }
};
template <class T>
using KafkaPtr = std::unique_ptr<T, DestroyKafka>;

using KafkaProperties = std::map<std::string, std::string>;

// A configuration for these options and properties whose log lines go to `logger`. Callbacks may be added before it is
// used.
Result<KafkaPtr<rd_kafka_conf_t>> kafka_configuration(const KafkaOptions& options, const KafkaProperties& properties,
                                                      observe::Logger& logger);
Result<KafkaPtr<rd_kafka_t>> open_kafka(rd_kafka_type_t type, KafkaPtr<rd_kafka_conf_t> configuration);

}  // namespace gatehouse::events
