#include "gateway/events/rabbit_publisher.hpp"

#include <amqp_framing.h>

#include <charconv>
#include <utility>

#include "gateway/events/cloud_event.hpp"

namespace gatehouse::events {

namespace {

constexpr Duration kConfirmTimeout = 60s;
constexpr std::uint8_t kPersistent = 2;

std::string closed(const amqp_frame_t& frame) {
    const amqp_method_t& method = frame.payload.method;
    if (method.id == AMQP_CHANNEL_CLOSE_METHOD)
        return std::string(to_text(static_cast<amqp_channel_close_t*>(method.decoded)->reply_text));
    if (method.id == AMQP_CONNECTION_CLOSE_METHOD)
        return std::string(to_text(static_cast<amqp_connection_close_t*>(method.decoded)->reply_text));
    return {};
}

}  // namespace

RabbitPublisher::RabbitPublisher(const RabbitOptions& options, observe::Logger& logger)
    : options_(options),
      logger_(logger),
      window_([this] { thread_.wake(); }),
      thread_(options, "gatehouse publisher", *this, logger) {}

void RabbitPublisher::set_groups(const Groups& groups) {
    wanted_.with([&](Wanted& wanted) { wanted = {groups, true}; });
    thread_.wake();
}

void RabbitPublisher::stop(TimePoint deadline) {
    window_.close();
    thread_.stop(deadline);
}

std::string RabbitPublisher::prepare(AmqpConnection& connection) {
    next_tag_ = 1;
    amqp_confirm_select(connection.raw(), AmqpConnection::kEvents);
    if (std::string problem = describe(amqp_get_rpc_reply(connection.raw())); !problem.empty()) return problem;
    if (std::string problem = connection.declare_exchange(options_.exchange); !problem.empty()) return problem;
    wanted_.with([](Wanted& wanted) { wanted.is_new = true; });
    return declare(connection);
}

std::string RabbitPublisher::declare(AmqpConnection& connection) {
    Groups groups;
    const bool is_new = wanted_.with([&](Wanted& wanted) {
        groups = wanted.groups;
        return std::exchange(wanted.is_new, false);
    });
    if (!is_new) return {};
    own_types_.clear();
    for (const auto& [service, group] : groups) {
        const std::string queue = options_.queue_prefix + service;
        std::string problem = connection.declare_queue(queue, options_.quorum_queues);
        for (const std::string& type : group.types) {
            if (problem.empty()) problem = connection.bind(queue, options_.exchange, type);
            own_types_.insert(type);
        }
        if (problem.empty()) continue;
        wanted_.with([](Wanted& wanted) { wanted.is_new = true; });
        return problem;
    }
    return {};
}

std::string RabbitPublisher::step(AmqpConnection& connection) {
    std::string problem = declare(connection);
    if (problem.empty()) problem = receive(connection);
    if (problem.empty()) problem = send(connection);
    if (problem.empty()) problem = receive(connection);
    if (!problem.empty() || on_their_way_.empty()) return problem;
    const TimePoint oldest = on_their_way_.begin()->second.item->sent_at;
    return Clock::now() - oldest > kConfirmTimeout ? "the broker does not confirm" : std::string();
}

std::string RabbitPublisher::send(AmqpConnection& connection) {
    while (auto item = window_.take()) {
        const std::string tag = std::to_string(next_tag_);
        amqp_basic_properties_t properties{};
        properties._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG |
                            AMQP_BASIC_CORRELATION_ID_FLAG | AMQP_BASIC_TYPE_FLAG;
        properties.content_type = to_bytes(kCloudEventType);
        properties.delivery_mode = kPersistent;
        properties.correlation_id = to_bytes(tag);  // to know it again should it be returned
        properties.type = to_bytes(item->type);
        item->sent_at = Clock::now();
        const int status = amqp_basic_publish(connection.raw(), AmqpConnection::kEvents, to_bytes(options_.exchange),
                                              to_bytes(item->type), 1, 0, &properties, to_bytes(item->message));
        on_their_way_.emplace(next_tag_++, OnItsWay{std::move(item), false});
        if (status != AMQP_STATUS_OK) return amqp_error_string2(status);
    }
    return {};
}

std::string RabbitPublisher::receive(AmqpConnection& connection) {
    while (true) {
        amqp_frame_t frame;
        const timeval now{0, 0};
        amqp_maybe_release_buffers(connection.raw());
        const int status = amqp_simple_wait_frame_noblock(connection.raw(), &frame, &now);
        if (status == AMQP_STATUS_TIMEOUT) return {};
        if (status != AMQP_STATUS_OK) return amqp_error_string2(status);
        if (std::string problem = on_frame(frame); !problem.empty()) return problem;
    }
}

std::string RabbitPublisher::on_frame(const amqp_frame_t& frame) {
    if (frame.frame_type == AMQP_FRAME_HEADER) {  // only returned messages have content: the return itself came before
        const auto* const properties = static_cast<amqp_basic_properties_t*>(frame.payload.properties.decoded);
        const std::string_view text = to_text(properties->correlation_id);
        std::uint64_t tag = 0;
        std::from_chars(text.data(), text.data() + text.size(), tag);
        const auto found = on_their_way_.find(tag);
        if (found != on_their_way_.end()) found->second.was_returned = true;
        return {};
    }
    if (frame.frame_type != AMQP_FRAME_METHOD) return {};
    switch (frame.payload.method.id) {
        case AMQP_BASIC_ACK_METHOD: {
            const auto& ack = *static_cast<amqp_basic_ack_t*>(frame.payload.method.decoded);
            on_confirm(ack.delivery_tag, ack.multiple != 0, GH_OK);
            return {};
        }
        case AMQP_BASIC_NACK_METHOD: {
            const auto& nack = *static_cast<amqp_basic_nack_t*>(frame.payload.method.decoded);
            on_confirm(nack.delivery_tag, nack.multiple != 0, GH_E_UNAVAILABLE);
            return {};
        }
        default: return closed(frame);
    }
}

void RabbitPublisher::on_confirm(std::uint64_t tag, bool multiple, gh_status status) {
    auto each = multiple ? on_their_way_.begin() : on_their_way_.find(tag);
    while (each != on_their_way_.end() && each->first <= tag) {
        OnItsWay done = std::move(each->second);
        each = on_their_way_.erase(each);
        finish(std::move(done), status);
    }
}

// Returned: it reached no queue. That is fine if nobody wants it; but if we do, our queue has vanished.
void RabbitPublisher::finish(OnItsWay on_its_way, gh_status status) {
    if (status == GH_OK && on_its_way.was_returned && own_types_.contains(on_its_way.item->type)) {
        status = GH_E_UNAVAILABLE;
        wanted_.with([](Wanted& wanted) { wanted.is_new = true; });
        logger_.warn("a subscriber's queue is gone from the broker; making it again",
                     {{"type", on_its_way.item->type}});
    }
    window_.finish(std::move(on_its_way.item), status);
}

void RabbitPublisher::lost() {
    for (auto& [tag, on_its_way] : std::exchange(on_their_way_, {})) {
        window_.finish(std::move(on_its_way.item), GH_E_UNAVAILABLE);
    }
}

}  // namespace gatehouse::events
