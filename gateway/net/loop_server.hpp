#pragma once

#include <array>
#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "gateway/base/io_loop.hpp"
#include "gateway/http/date_cache.hpp"
#include "gateway/http/limits.hpp"
#include "gateway/http/reserved_fields.hpp"
#include "gateway/net/handler.hpp"
#include "gateway/net/mailbox.hpp"
#include "gateway/net/session_hook.hpp"
#include "gateway/observe/gateway_metrics.hpp"
#include "gateway/pipeline/filter.hpp"
#include "gateway/pipeline/snapshot.hpp"
#include "gateway/upstream/assertion.hpp"
#include "gateway/upstream/upstreams.hpp"

namespace gatehouse::net {

class Listener;
class Session;

// A snapshot as one loop holds it: `users` counts the exchanges that it routed, without atomics.
struct SnapshotHold {
    std::shared_ptr<const pipeline::Snapshot> snapshot;
    std::size_t users = 0;
};

// Everything that the sessions of one loop share. Made and destroyed on the main thread while the loop does not run it;
// all else [loop].
class LoopServer final {
public:
    struct Options {
        upstream::Directory* directory = nullptr;
        pipeline::CompletionObserver* completion = nullptr;
        const upstream::AssertionSigner* signer = nullptr;  // may be null
        observe::GatewayMetrics* metrics = nullptr;         // may be null
        std::size_t loops = 1;                              // of the process: connection limits are divided by it
    };
    LoopServer(IoLoop& loop, const Options& options);
    ~LoopServer();
    LoopServer(const LoopServer&) = delete;
    LoopServer& operator=(const LoopServer&) = delete;

    IoLoop& loop() { return loop_; }
    Mailbox& mailbox() { return mailbox_; }
    upstream::Upstreams& upstreams() { return upstreams_; }
    pipeline::CompletionObserver* completion() const { return completion_; }

    // Replaces the configuration for requests to come.
    void install(std::shared_ptr<const pipeline::Snapshot> snapshot);
    SnapshotHold& hold_snapshot() {
        ++current_->users;
        return *current_;
    }
    void release_snapshot(SnapshotHold& hold);
    // Whether a request is still on its way by an earlier configuration.
    bool holds_old_snapshot() const { return holds_.size() > 1; }

    struct Timeouts {
        Duration header{10s}, body{30s}, keepalive{75s}, write{30s};
    };
    const Timeouts& timeouts() const { return timeouts_; }
    const http::Limits& http_limits() const { return http_limits_; }
    std::string_view date();
    // What of a response reaches the client: nothing that the gateway says itself, and identity only as one of our own
    // services told it, which may do so in this process as well.
    enum class ResponseOf { our_service, upstream };
    bool is_kept_in_response(std::string_view name, ResponseOf who) const;
    // Adds X-Gatehouse-Assertion for an endpoint that expects it, and the client's address, which it believes then.
    // path: as the upstream gets it.
    void sign(std::string& head, const pipeline::Exchange& exchange, const upstream::Cluster& cluster,
              std::string_view path) const;

    // Takes over a listening socket. With a handler (which outlives the loop's run) its connections are answered by it,
    // survive begin_drain() and count no limits.
    void listen(int descriptor, RequestHandler* handler);
    // No new connections, idle ones are closed, the others after their present response.
    void begin_drain();
    bool is_draining() const { return is_draining_; }
    // Cuts what is still there. `handlers_too`: the admin listener's connections as well.
    void close_all();
    // Calls back once no session is left but those of handlers; at once if that is so. nullptr: forget it.
    void when_empty(std::function<void()> callback);
    // All sessions, those of handlers too.
    std::size_t session_count() const { return sessions_.size(); }

    // For sessions and listeners.
    void add(Session& session);
    void remove(Session& session);
    void became_idle(Session& session);
    void became_busy(Session& session);
    // Whether one more connection may be accepted, if need be in place of an idle one.
    bool has_room() const { return public_sessions_ - closing_sessions_ < connections_max_ || !idle_.empty(); }
    // Closes the connection that has been idle longest, if there are as many as there may be.
    void make_room();

private:
    void resume_listeners();
    void reserve_response_fields(const std::vector<std::string>& identity_headers);

    IoLoop& loop_;
    Mailbox mailbox_;
    upstream::Upstreams upstreams_;
    pipeline::CompletionObserver* completion_;
    const upstream::AssertionSigner* signer_;
    observe::GatewayMetrics* metrics_;
    http::ReservedFields reserved_{{}}, own_{{}};  // with and without identity
    std::array<bool, 256> starts_reserved_{};      // by first character of a name
    std::size_t loops_;
    std::size_t connections_max_ = 10'000;
    Timeouts timeouts_;
    http::Limits http_limits_;
    http::DateCache date_;
    std::vector<std::unique_ptr<SnapshotHold>> holds_;
    SnapshotHold* current_ = nullptr;
    std::vector<std::unique_ptr<Listener>> listeners_;
    boost::intrusive::list<SessionHook, AllSessions> sessions_;
    boost::intrusive::list<SessionHook, IdleSessions, boost::intrusive::constant_time_size<false>>
        idle_;                          // idle longest first
    std::size_t public_sessions_ = 0;   // those without a handler
    std::size_t closing_sessions_ = 0;  // of these, closed to make room but still there
    bool is_draining_ = false;
    std::function<void()> when_empty_;
};

}  // namespace gatehouse::net
