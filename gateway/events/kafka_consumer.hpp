#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gateway/base/guarded.hpp"
#include "gateway/events/bus.hpp"
#include "gateway/events/kafka_client.hpp"
#include "gateway/events/lanes.hpp"
#include "gateway/events/offset_tracker.hpp"

namespace gatehouse::events {

// Takes one service's events from the topic, as a member of the service's consumer group. A position is committed when
// everything before it was processed; while too much is in hand, fetching pauses.
class KafkaConsumer final {
public:
    KafkaConsumer(const KafkaOptions& options, std::string service, std::set<std::string> types,
                  Subscribers& subscribers, observe::Logger& logger);
    ~KafkaConsumer();
    KafkaConsumer(const KafkaConsumer&) = delete;
    KafkaConsumer& operator=(const KafkaConsumer&) = delete;

    void set_types(std::set<std::string> types);  // [any]
    std::uint64_t lag() const { return lag_.load(); }
    // Lets handlers that run finish, commits and leaves the group. False: a handler still runs after the deadline; this
    // object must never be destroyed then.
    [[nodiscard]] bool stop(TimePoint deadline);

private:
    struct Done {
        std::uint64_t tag, epoch;
    };
    enum class Commit : std::uint8_t { in_background, wait };

    void run();
    bool open();
    void take(const rd_kafka_message_t& message);
    void collect_done();
    void commit(Commit how);
    void hold_back();
    void look_at_lag();
    static void on_rebalance(rd_kafka_t* handle, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t* partitions,
                             void* self);
    void assign(rd_kafka_topic_partition_list_t* partitions);
    void revoke();
    std::uint64_t epoch_of(std::int32_t partition) const {
        return epoch_ << 32 | static_cast<std::uint32_t>(partition);
    }

    const KafkaOptions options_;
    const std::string service_;
    observe::Logger& logger_;
    Guarded<std::set<std::string>> types_;
    KafkaPtr<rd_kafka_t> consumer_;
    std::uint64_t epoch_ = 0;                         // of the assignment
    std::map<std::int32_t, OffsetTracker> trackers_;  // by partition
    bool is_paused_ = false;
    TimePoint next_commit_{}, next_look_{};
    Guarded<std::vector<Done>> done_;
    std::atomic<std::uint64_t> lag_{0};
    std::atomic<bool> is_stopping_{false};
    std::unique_ptr<Lanes> lanes_;
    std::thread thread_;
};

}  // namespace gatehouse::events
