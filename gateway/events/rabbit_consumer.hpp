#pragma once

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gateway/base/guarded.hpp"
#include "gateway/events/amqp_thread.hpp"
#include "gateway/events/bus.hpp"
#include "gateway/events/lanes.hpp"

namespace gatehouse::events {

// Takes one service's events from its queue. One process of the service at a time gets them (single active consumer);
// an event is acknowledged once it was processed, and one that fails is held here instead of being put back.
class RabbitConsumer final : private AmqpRole {
public:
    RabbitConsumer(const RabbitOptions& options, std::string service, std::set<std::string> types,
                   Subscribers& subscribers, observe::Logger& logger);
    ~RabbitConsumer();

    void set_types(std::set<std::string> types);  // [any]
    AmqpThread::Status status() const { return thread_.status(); }
    std::uint64_t lag() const { return queued_.load() + lanes_->size(); }
    // Lets handlers that run finish, and acknowledges them. False: one still runs after the deadline; this object must
    // never be destroyed then.
    [[nodiscard]] bool stop(TimePoint deadline);

private:
    std::string prepare(AmqpConnection& connection) override;
    std::string step(AmqpConnection& connection) override;
    void lost() override;
    bool may_end() override;

    std::string declare(AmqpConnection& connection);
    std::string acknowledge(AmqpConnection& connection);
    std::string receive(AmqpConnection& connection);
    std::string read_other_frame(AmqpConnection& connection);
    std::string take(AmqpConnection& connection, const amqp_envelope_t& envelope);
    std::string look_at_queue(AmqpConnection& connection);

    struct Wanted {
        std::set<std::string> types;
        bool is_new = true;
    };
    struct Done {
        std::uint64_t tag, epoch;
    };

    const RabbitOptions options_;
    const std::string service_, queue_;
    observe::Logger& logger_;
    Guarded<Wanted> wanted_;
    std::set<std::string> bound_;
    std::uint64_t epoch_ = 0;  // of the connection
    Guarded<std::vector<Done>> done_;
    std::atomic<std::uint64_t> queued_{0};
    TimePoint next_look_{};
    std::unique_ptr<Lanes> lanes_;
    AmqpThread thread_;
};

}  // namespace gatehouse::events
