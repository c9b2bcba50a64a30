#include "gateway/events/rabbit_consumer.hpp"

#include <amqp_framing.h>

#include <algorithm>
#include <utility>

#include "gateway/events/cloud_event.hpp"

namespace gatehouse::events {

namespace {

constexpr Duration kLookInterval = 5s;
constexpr Duration kFlushTimeout = 2s;  // after the handlers have ended, for what is still to be acknowledged

}  // namespace

RabbitConsumer::RabbitConsumer(const RabbitOptions& options, std::string service, std::set<std::string> types,
                               Subscribers& subscribers, observe::Logger& logger)
    : options_(options),
      service_(std::move(service)),
      queue_(options.queue_prefix + service_),
      logger_(logger),
      wanted_({std::move(types), true}),
      thread_(options, "gatehouse " + service_, *this, logger) {
    lanes_ = std::make_unique<Lanes>(service_, options.workers, subscribers, [this](const Lanes::Delivery& delivery) {
        done_.with([&](auto& done) { done.push_back({delivery.tag, delivery.epoch}); });
        thread_.wake();
    });
    thread_.start();
}

RabbitConsumer::~RabbitConsumer() { static_cast<void>(stop(Clock::now() + kFlushTimeout)); }

void RabbitConsumer::set_types(std::set<std::string> types) {
    wanted_.with([&](Wanted& wanted) { wanted = {std::move(types), true}; });
    thread_.wake();
}

bool RabbitConsumer::stop(TimePoint deadline) {
    const bool ended = lanes_->stop(deadline);
    if (!ended) logger_.error("an event handler does not end; its thread is left alone", {{"service", service_}});
    thread_.stop(std::max(deadline, Clock::now() + kFlushTimeout));
    return ended;
}

std::string RabbitConsumer::prepare(AmqpConnection& connection) {
    ++epoch_;
    bound_.clear();
    amqp_basic_qos(connection.raw(), AmqpConnection::kEvents, 0, options_.prefetch, 0);
    std::string problem = describe(amqp_get_rpc_reply(connection.raw()));
    if (problem.empty()) problem = connection.declare_exchange(options_.exchange);
    if (problem.empty()) problem = connection.declare_queue(queue_, options_.quorum_queues);
    wanted_.with([](Wanted& wanted) { wanted.is_new = true; });
    if (problem.empty()) problem = declare(connection);
    if (!problem.empty()) return problem;
    amqp_basic_consume(connection.raw(), AmqpConnection::kEvents, to_bytes(queue_), amqp_empty_bytes, 0, 0, 0,
                       amqp_empty_table);
    return describe(amqp_get_rpc_reply(connection.raw()));
}

// Binds what is wanted now, then lets go of what was wanted before.
std::string RabbitConsumer::declare(AmqpConnection& connection) {
    std::set<std::string> types;
    const bool is_new = wanted_.with([&](Wanted& wanted) {
        types = wanted.types;
        return std::exchange(wanted.is_new, false);
    });
    if (!is_new) return {};
    std::string problem;
    for (const std::string& type : types) {
        if (problem.empty()) problem = connection.bind(queue_, options_.exchange, type);
    }
    for (const std::string& type : bound_) {
        if (problem.empty() && !types.contains(type)) problem = connection.unbind(queue_, options_.exchange, type);
    }
    bound_ = std::move(types);
    return problem;
}

std::string RabbitConsumer::step(AmqpConnection& connection) {
    std::string problem = acknowledge(connection);
    if (problem.empty()) problem = declare(connection);
    if (problem.empty()) problem = receive(connection);
    if (problem.empty()) problem = look_at_queue(connection);
    return problem;
}

std::string RabbitConsumer::acknowledge(AmqpConnection& connection) {
    const std::vector<Done> done = done_.with([](auto& held) { return std::exchange(held, {}); });
    for (const Done& each : done) {
        if (each.epoch != epoch_) continue;  // the broker brings it again; who has seen it drops it
        const int status = amqp_basic_ack(connection.raw(), AmqpConnection::kEvents, each.tag, 0);
        if (status != AMQP_STATUS_OK) return amqp_error_string2(status);
    }
    return {};
}

std::string RabbitConsumer::receive(AmqpConnection& connection) {
    while (true) {
        amqp_envelope_t envelope;
        const timeval now{0, 0};
        amqp_maybe_release_buffers(connection.raw());
        const amqp_rpc_reply_t reply = amqp_consume_message(connection.raw(), &envelope, &now, 0);
        if (reply.reply_type == AMQP_RESPONSE_NORMAL) {
            std::string problem = take(connection, envelope);
            amqp_destroy_envelope(&envelope);
            if (!problem.empty()) return problem;
            continue;
        }
        if (reply.reply_type != AMQP_RESPONSE_LIBRARY_EXCEPTION) return describe(reply);
        if (reply.library_error == AMQP_STATUS_TIMEOUT) return {};
        if (reply.library_error != AMQP_STATUS_UNEXPECTED_STATE) return describe(reply);
        if (std::string problem = read_other_frame(connection); !problem.empty()) return problem;
    }
}

// Something that is no delivery: the broker ends the consumer, the channel or the connection.
std::string RabbitConsumer::read_other_frame(AmqpConnection& connection) {
    amqp_frame_t frame;
    const timeval now{0, 0};
    const int status = amqp_simple_wait_frame_noblock(connection.raw(), &frame, &now);
    if (status != AMQP_STATUS_OK) return amqp_error_string2(status);
    if (frame.frame_type != AMQP_FRAME_METHOD) return {};
    const amqp_method_t& method = frame.payload.method;
    switch (method.id) {
        case AMQP_BASIC_CANCEL_METHOD: return "the queue " + queue_ + " was deleted";
        case AMQP_CHANNEL_CLOSE_METHOD:
            return std::string(to_text(static_cast<amqp_channel_close_t*>(method.decoded)->reply_text));
        case AMQP_CONNECTION_CLOSE_METHOD:
            return std::string(to_text(static_cast<amqp_connection_close_t*>(method.decoded)->reply_text));
        default: return {};
    }
}

std::string RabbitConsumer::take(AmqpConnection& connection, const amqp_envelope_t& envelope) {
    auto event = decode(to_text(envelope.message.body));
    if (!event) {
        // Rejected, not put back: it goes to the queue's dead-letter exchange, if an operator has given it one.
        logger_.error("not an event; put aside", {{"service", service_}, {"error", event.error().message}});
        const int status = amqp_basic_reject(connection.raw(), AmqpConnection::kEvents, envelope.delivery_tag, 0);
        return status == AMQP_STATUS_OK ? std::string() : amqp_error_string2(status);
    }
    const auto attempt = envelope.redelivered != 0 ? Subscribers::Attempt::again : Subscribers::Attempt::first;
    lanes_->add({std::move(*event), envelope.delivery_tag, epoch_, attempt});
    return {};
}

std::string RabbitConsumer::look_at_queue(AmqpConnection& connection) {
    const TimePoint now = Clock::now();
    if (now < next_look_) return {};
    next_look_ = now + kLookInterval;
    const auto length = connection.queue_length(queue_);
    if (!length) return length.error().message;
    queued_ = *length;
    return {};
}

// The broker will bring again, in their order, all that was not acknowledged.
void RabbitConsumer::lost() { lanes_->forget_waiting(); }

bool RabbitConsumer::may_end() {
    return done_.with([](const auto& done) { return done.empty(); });
}

}  // namespace gatehouse::events
