#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "gateway/base/guarded.hpp"
#include "gateway/events/amqp_thread.hpp"
#include "gateway/events/bus.hpp"
#include "gateway/events/publish_window.hpp"

namespace gatehouse::events {

// Publishes to the exchange with confirms: persistent and mandatory messages, routing key = type. An event is safe once
// the broker has confirmed it; what was on its way when the connection broke failed, and may come twice.
class RabbitPublisher final : private AmqpRole {
public:
    RabbitPublisher(const RabbitOptions& options, observe::Logger& logger);

    void start() { thread_.start(); }
    void publish(std::span<const Event> events, TimePoint deadline, std::span<gh_status> results) {
        window_.publish(events, deadline, results);
    }
    // Queues and bindings of these are made before anything more is published, so that no event passes them by.  [any]
    void set_groups(const Groups& groups);
    AmqpThread::Status status() const { return thread_.status(); }
    void stop(TimePoint deadline);

private:
    struct OnItsWay {
        std::unique_ptr<PublishWindow::Item> item;
        bool was_returned = false;
    };

    std::string prepare(AmqpConnection& connection) override;
    std::string step(AmqpConnection& connection) override;
    void lost() override;
    bool may_end() override { return on_their_way_.empty() && window_.waiting() == 0; }

    std::string declare(AmqpConnection& connection);
    std::string send(AmqpConnection& connection);
    std::string receive(AmqpConnection& connection);
    std::string on_frame(const amqp_frame_t& frame);
    void on_confirm(std::uint64_t tag, bool multiple, gh_status status);
    void finish(OnItsWay on_its_way, gh_status status);

    struct Wanted {
        Groups groups;
        bool is_new = true;
    };

    const RabbitOptions options_;
    observe::Logger& logger_;
    Guarded<Wanted> wanted_;
    std::set<std::string> own_types_;                 // of queues that this process has bound
    std::map<std::uint64_t, OnItsWay> on_their_way_;  // by delivery tag
    std::uint64_t next_tag_ = 1;
    PublishWindow window_;
    AmqpThread thread_;
};

}  // namespace gatehouse::events
