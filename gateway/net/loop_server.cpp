#include "gateway/net/loop_server.hpp"

#include <algorithm>
#include <cassert>
#include <ctime>

#include "gateway/base/ascii.hpp"
#include "gateway/http/serializer.hpp"
#include "gateway/net/listener.hpp"
#include "gateway/net/session.hpp"
#include "gateway/pipeline/client_address.hpp"

namespace gatehouse::net {

LoopServer::LoopServer(IoLoop& loop, const Options& options)
    : loop_(loop),
      mailbox_(loop),
      upstreams_(loop, *options.directory),
      completion_(options.completion),
      signer_(options.signer),
      metrics_(options.metrics),
      loops_(options.loops) {}

LoopServer::~LoopServer() = default;

void LoopServer::install(std::shared_ptr<const pipeline::Snapshot> snapshot) {
    std::vector<const upstream::Cluster*> clusters;
    for (const auto& [name, service] : snapshot->services.by_name) {
        if (!service.cluster) continue;
        upstreams_.attach(*service.cluster);
        clusters.push_back(service.cluster.get());
    }
    upstreams_.retain(clusters);

    const config::Limits& limits = snapshot->configuration.gateway.limits;
    timeouts_.header = limits.header_timeout;
    timeouts_.body = limits.body_timeout;
    timeouts_.keepalive = limits.keepalive_timeout;
    connections_max_ = std::max<std::size_t>(1, limits.connections / loops_);
    http_limits_ = snapshot->http_limits;

    reserve_response_fields(snapshot->configuration.gateway.identity_headers);

    SnapshotHold* const previous = current_;
    holds_.push_back(std::make_unique<SnapshotHold>(SnapshotHold{.snapshot = std::move(snapshot)}));
    current_ = holds_.back().get();
    if (previous != nullptr) {  // frees it unless a request still uses it
        ++previous->users;
        release_snapshot(*previous);
    }
}

void LoopServer::release_snapshot(SnapshotHold& hold) {
    if (--hold.users > 0 || &hold == current_) return;
    std::erase_if(holds_, [&](const auto& held) { return held.get() == &hold; });
}

std::string_view LoopServer::date() { return date_.at(static_cast<std::int64_t>(std::time(nullptr))); }

void LoopServer::reserve_response_fields(const std::vector<std::string>& identity_headers) {
    std::vector<std::string> names{"server", "x-request-id", std::string(upstream::kAssertionField)};
    own_ = http::ReservedFields(names);
    names.insert(names.end(), identity_headers.begin(), identity_headers.end());
    reserved_ = http::ReservedFields(names);
    starts_reserved_.fill(false);
    for (const std::string& name : names) {
        starts_reserved_[static_cast<unsigned char>(ascii::fold_header_char(name.front()))] = true;
    }
}

bool LoopServer::is_kept_in_response(std::string_view name, ResponseOf who) const {
    if (!starts_reserved_[static_cast<unsigned char>(name.front())]) return name != "date";
    return !(who == ResponseOf::our_service ? own_ : reserved_).contains(name);
}

void LoopServer::sign(std::string& head, const pipeline::Exchange& exchange, const upstream::Cluster& cluster,
                      std::string_view path) const {
    if (signer_ == nullptr) return;
    const http::RequestHead& request = exchange.request;
    const pipeline::Identity& identity = exchange.identity;
    const upstream::AssertedRequest asserted{cluster.name(), request.method, path, request.query, request.has_query};
    const upstream::AssertedIdentity asked_by{identity.id, identity.name, identity.session, identity.service,
                                              identity.roles};
    http::append_field(head, pipeline::kRealAddressField, exchange.client.address);
    const std::size_t before = head.size();
    head.append(upstream::kAssertionField).append(": ");
    if (signer_->sign(asserted, asked_by, std::time(nullptr), head)) {
        head.append("\r\n");
    } else {
        head.resize(before);
    }
}

void LoopServer::listen(int descriptor, RequestHandler* handler) {
    listeners_.push_back(std::make_unique<Listener>(*this, descriptor, handler));
    listeners_.back()->start();
}

void LoopServer::begin_drain() {
    is_draining_ = true;
    for (const auto& listener : listeners_) {
        if (!listener->has_handler()) listener->accept_waiting_and_stop();
    }
    upstreams_.close_idle();
    while (!idle_.empty()) {
        SessionHook& hook = idle_.front();
        idle_.pop_front();
        static_cast<Session&>(hook).close();
    }
}

void LoopServer::close_all() {
    is_draining_ = true;
    for (const auto& listener : listeners_) listener->stop();
    for (SessionHook& hook : sessions_) static_cast<Session&>(hook).close();
    upstreams_.close_idle();
}

void LoopServer::when_empty(std::function<void()> callback) {
    if (callback && public_sessions_ == 0) {
        callback();
    } else {
        when_empty_ = std::move(callback);
    }
}

void LoopServer::add(Session& session) {
    sessions_.push_back(session);
    if (session.has_handler()) return;
    ++public_sessions_;
    if (metrics_ != nullptr) {
        metrics_->connections_accepted.add();
        metrics_->connections_open.add(1);
    }
}

void LoopServer::remove(Session& session) {
    session.idle.unlink();
    sessions_.erase(sessions_.iterator_to(session));
    if (session.has_handler()) return;
    --public_sessions_;
    if (session.was_closed_for_room()) --closing_sessions_;
    if (metrics_ != nullptr) metrics_->connections_open.add(-1);
    if (public_sessions_ == 0 && when_empty_) {
        std::exchange(when_empty_, nullptr)();
    } else if (public_sessions_ - closing_sessions_ + 1 == connections_max_) {
        resume_listeners();
    }
}

void LoopServer::became_idle(Session& session) { idle_.push_back(session); }
void LoopServer::became_busy(Session& session) { session.idle.unlink(); }

void LoopServer::make_room() {
    if (public_sessions_ - closing_sessions_ < connections_max_ || idle_.empty()) return;
    Session& oldest = static_cast<Session&>(idle_.front());
    idle_.pop_front();
    ++closing_sessions_;
    oldest.close_for_room();
}

void LoopServer::resume_listeners() {
    for (const auto& listener : listeners_) listener->resume();
}

}  // namespace gatehouse::net
