#pragma once

#include <amqp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"

namespace gatehouse::events {

struct RabbitOptions {
    std::string host, user = "guest", password = "guest", vhost = "/";
    std::uint16_t port = 5672;
    bool is_tls = false;
    std::string ca_file;  // PEM; with is_tls
    std::string exchange = "gatehouse.events";
    std::string queue_prefix = "gatehouse.";
    bool quorum_queues = true;
    std::uint16_t prefetch = 256;  // deliveries of one service in hand
    std::size_t workers = 2;       // threads that run one service's handlers
};

// One AMQP connection with two open channels: one for events, one for declarations, so that a refused declaration does
// not disturb the other. Every wait inside has a bound. Not for more than one thread at a time.
class AmqpConnection final {
public:
    static constexpr amqp_channel_t kEvents = 1;
    static constexpr amqp_channel_t kTopology = 2;
    static constexpr Duration kTimeout = 5s;  // of a connect, a login and an answer each
    static constexpr int kHeartbeatSeconds = 20;

    // name: what the broker's management shows.
    static Result<std::unique_ptr<AmqpConnection>> open(const RabbitOptions& options, const std::string& name);
    ~AmqpConnection();
    AmqpConnection(const AmqpConnection&) = delete;
    AmqpConnection& operator=(const AmqpConnection&) = delete;

    amqp_connection_state_t raw() { return state_; }
    int descriptor() const;

    // Empty, or what the broker said.
    std::string declare_exchange(const std::string& exchange);
    // A queue that is there already with other properties is taken as it is.
    std::string declare_queue(const std::string& queue, bool quorum);
    std::string bind(const std::string& queue, const std::string& exchange, const std::string& key);
    std::string unbind(const std::string& queue, const std::string& exchange, const std::string& key);
    // Messages that no consumer has got yet.
    Result<std::uint64_t> queue_length(const std::string& queue);

    // Whether something was read already: poll() would not tell.
    bool has_input() { return amqp_frames_enqueued(state_) != 0 || amqp_data_in_buffer(state_) != 0; }
    // Do not say good-bye when closing: the connection is broken.
    void mark_broken() { is_broken_ = true; }

private:
    explicit AmqpConnection(amqp_connection_state_t state) : state_(state) {}
    std::string connect(const RabbitOptions& options);
    std::string log_in(const RabbitOptions& options, const std::string& name);
    // The outcome of the last call, made printable; was_refused: the topology channel was closed and opened again.
    std::string outcome(std::string_view what, bool* is_precondition = nullptr);

    amqp_connection_state_t state_;
    bool is_broken_ = true;
};

// For logs.
std::string describe(const amqp_rpc_reply_t& reply);
inline amqp_bytes_t to_bytes(std::string_view text) { return {text.size(), const_cast<char*>(text.data())}; }
inline std::string_view to_text(amqp_bytes_t bytes) { return {static_cast<const char*>(bytes.bytes), bytes.len}; }

}  // namespace gatehouse::events
