#include "gateway/events/amqp_connection.hpp"

#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace gatehouse::events {

namespace {

constexpr int kFrameBytesMax = 131'072;
constexpr int kChannelsMax = 8;
constexpr int kUnansweredMilliseconds = 15'000;
constexpr std::uint16_t kPreconditionFailed = 406;
// RabbitMQ 4 gives up on a message after 20 deliveries unless told otherwise.
constexpr int kDeliveriesMax = 1'000'000'000;

timeval to_timeval(Duration value) {
    const auto micro = std::chrono::duration_cast<std::chrono::microseconds>(value).count();
    return {static_cast<time_t>(micro / 1'000'000), static_cast<suseconds_t>(micro % 1'000'000)};
}

amqp_table_entry_t text_entry(const char* key, const char* value) {
    amqp_table_entry_t entry{};
    entry.key = amqp_cstring_bytes(key);
    entry.value.kind = AMQP_FIELD_KIND_UTF8;
    entry.value.value.bytes = amqp_cstring_bytes(value);
    return entry;
}

amqp_table_entry_t flag_entry(const char* key) {
    amqp_table_entry_t entry{};
    entry.key = amqp_cstring_bytes(key);
    entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
    entry.value.value.boolean = 1;
    return entry;
}

amqp_table_entry_t number_entry(const char* key, std::int32_t value) {
    amqp_table_entry_t entry{};
    entry.key = amqp_cstring_bytes(key);
    entry.value.kind = AMQP_FIELD_KIND_I32;
    entry.value.value.i32 = value;
    return entry;
}

// A peer that takes nothing more, or is gone without a word, must not hold a write for ever.
void set_socket_options(int descriptor) {
    const int one = 1;
    const int bound = kUnansweredMilliseconds;
    static_cast<void>(::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)));
    static_cast<void>(::setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &bound, sizeof(bound)));
    static_cast<void>(::fcntl(descriptor, F_SETFD, FD_CLOEXEC));
}

}  // namespace

std::string describe(const amqp_rpc_reply_t& reply) {
    switch (reply.reply_type) {
        case AMQP_RESPONSE_NORMAL: return {};
        case AMQP_RESPONSE_LIBRARY_EXCEPTION: return amqp_error_string2(reply.library_error);
        case AMQP_RESPONSE_SERVER_EXCEPTION: {
            if (reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
                return std::string(to_text(static_cast<amqp_connection_close_t*>(reply.reply.decoded)->reply_text));
            }
            if (reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD) {
                return std::string(to_text(static_cast<amqp_channel_close_t*>(reply.reply.decoded)->reply_text));
            }
            return "the broker refused";
        }
        case AMQP_RESPONSE_NONE: break;
    }
    return "no answer";
}

Result<std::unique_ptr<AmqpConnection>> AmqpConnection::open(const RabbitOptions& options, const std::string& name) {
    const amqp_connection_state_t state = amqp_new_connection();
    if (state == nullptr) return Error{"out of memory"};
    std::unique_ptr<AmqpConnection> connection(new AmqpConnection(state));
    std::string problem = connection->connect(options);
    if (problem.empty()) problem = connection->log_in(options, name);
    if (!problem.empty()) return Error{std::move(problem)};
    connection->is_broken_ = false;
    return connection;
}

AmqpConnection::~AmqpConnection() {
    if (!is_broken_) amqp_connection_close(state_, AMQP_REPLY_SUCCESS);
    amqp_destroy_connection(state_);
}

int AmqpConnection::descriptor() const { return amqp_get_sockfd(state_); }

std::string AmqpConnection::connect(const RabbitOptions& options) {
    amqp_socket_t* const socket = options.is_tls ? amqp_ssl_socket_new(state_) : amqp_tcp_socket_new(state_);
    if (socket == nullptr) return "no socket";
    if (options.is_tls) {
        if (amqp_ssl_socket_set_cacert(socket, options.ca_file.c_str()) != AMQP_STATUS_OK)
            return "the CA file " + options.ca_file + " cannot be used";
        amqp_ssl_socket_set_verify_peer(socket, 1);
        amqp_ssl_socket_set_verify_hostname(socket, 1);
        amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST);
    }
    const timeval timeout = to_timeval(kTimeout);
    const int status = amqp_socket_open_noblock(socket, options.host.c_str(), options.port, &timeout);
    if (status != AMQP_STATUS_OK) return amqp_error_string2(status);
    set_socket_options(descriptor());
    return {};
}

std::string AmqpConnection::log_in(const RabbitOptions& options, const std::string& name) {
    const timeval timeout = to_timeval(kTimeout);
    amqp_set_handshake_timeout(state_, &timeout);
    amqp_set_rpc_timeout(state_, &timeout);
    amqp_table_entry_t properties[] = {text_entry("connection_name", name.c_str())};
    const amqp_table_t table{1, properties};
    const amqp_rpc_reply_t reply =
        amqp_login_with_properties(state_, options.vhost.c_str(), kChannelsMax, kFrameBytesMax, kHeartbeatSeconds,
                                   &table, AMQP_SASL_METHOD_PLAIN, options.user.c_str(), options.password.c_str());
    if (std::string problem = describe(reply); !problem.empty()) return "login: " + problem;
    for (const amqp_channel_t channel : {kEvents, kTopology}) {
        amqp_channel_open(state_, channel);
        if (std::string problem = outcome("channel"); !problem.empty()) return problem;
    }
    return {};
}

std::string AmqpConnection::outcome(std::string_view what, bool* is_precondition) {
    const amqp_rpc_reply_t reply = amqp_get_rpc_reply(state_);
    std::string problem = describe(reply);
    if (problem.empty()) return {};
    if (is_precondition != nullptr && reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION &&
        reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD) {
        *is_precondition = static_cast<amqp_channel_close_t*>(reply.reply.decoded)->reply_code == kPreconditionFailed;
    }
    return std::string(what) + ": " + problem;
}

std::string AmqpConnection::declare_exchange(const std::string& exchange) {
    amqp_exchange_declare(state_, kTopology, to_bytes(exchange), amqp_cstring_bytes("topic"), 0, 1, 0, 0,
                          amqp_empty_table);
    return outcome("exchange " + exchange);
}

std::string AmqpConnection::declare_queue(const std::string& queue, bool quorum) {
    amqp_table_entry_t entries[] = {flag_entry("x-single-active-consumer"),
                                    text_entry("x-queue-type", quorum ? "quorum" : "classic"),
                                    number_entry("x-delivery-limit", kDeliveriesMax)};
    const amqp_table_t arguments{quorum ? 3 : 2, entries};
    amqp_queue_declare(state_, kTopology, to_bytes(queue), 0, 1, 0, 0, arguments);
    bool is_precondition = false;
    std::string problem = outcome("queue " + queue, &is_precondition);
    if (!is_precondition) return problem;
    amqp_channel_close_ok_t answer{};
    amqp_send_method(state_, kTopology, AMQP_CHANNEL_CLOSE_OK_METHOD, &answer);
    amqp_channel_open(state_, kTopology);
    return outcome("channel");
}

std::string AmqpConnection::bind(const std::string& queue, const std::string& exchange, const std::string& key) {
    amqp_queue_bind(state_, kTopology, to_bytes(queue), to_bytes(exchange), to_bytes(key), amqp_empty_table);
    return outcome("binding of " + queue);
}

std::string AmqpConnection::unbind(const std::string& queue, const std::string& exchange, const std::string& key) {
    amqp_queue_unbind(state_, kTopology, to_bytes(queue), to_bytes(exchange), to_bytes(key), amqp_empty_table);
    return outcome("unbinding of " + queue);
}

Result<std::uint64_t> AmqpConnection::queue_length(const std::string& queue) {
    const amqp_queue_declare_ok_t* const answer =
        amqp_queue_declare(state_, kTopology, to_bytes(queue), 1, 1, 0, 0, amqp_empty_table);
    if (std::string problem = outcome("queue " + queue); !problem.empty()) return Error{std::move(problem)};
    return std::uint64_t{answer->message_count};
}

}  // namespace gatehouse::events
