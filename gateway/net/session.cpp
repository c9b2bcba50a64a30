#include "gateway/net/session.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

#include "gateway/base/uuid7.hpp"
#include "gateway/net/loop_server.hpp"
#include "gateway/pipeline/problem.hpp"

namespace gatehouse::net {

namespace {

// A client that has finished sending may still be reading (it used shutdown) or may have gone: only an attempt to send
// tells. It gets this long for its answer.
constexpr Duration kHalfCloseGrace = 500ms;
// How long and for how much input a connection is kept after its last response, so that the client can read that.
constexpr Duration kLingerTime = 2s, kUploadLingerTime = 5s;
constexpr std::uint64_t kLingerBytesMax = 1024 * 1024, kUploadLingerBytesMax = 64 * 1024 * 1024;

std::string name_of(const PeerAddress& peer, pipeline::AddressOctets& octets, std::uint16_t& port) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (peer.storage.ss_family == AF_INET) {
        const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(peer.storage);
        octets[10] = octets[11] = 0xff;
        std::memcpy(octets.data() + 12, &ipv4.sin_addr, 4);
        port = ntohs(ipv4.sin_port);
        return ::inet_ntop(AF_INET, &ipv4.sin_addr, text.data(), text.size());
    }
    if (peer.storage.ss_family == AF_INET6) {
        const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(peer.storage);
        std::memcpy(octets.data(), &ipv6.sin6_addr, 16);
        port = ntohs(ipv6.sin6_port);
        return ::inet_ntop(AF_INET6, &ipv6.sin6_addr, text.data(), text.size());
    }
    return "unix";
}

}  // namespace

void Session::start(LoopServer& server, int descriptor, const PeerAddress& peer, RequestHandler* handler) {
    spawn(live(std::unique_ptr<Session>(new Session(server, Channel::make(server.loop(), descriptor), peer, handler))));
}

Session::Session(LoopServer& server, Channel::Pointer channel, const PeerAddress& peer, RequestHandler* handler)
    : server_(server),
      client_(server, std::move(channel)),
      handler_(handler),
      parser_(server.http_limits(), http::ConnectionSecurity::plain, http::EncodedSlash::keep),
      proxy_(client_),
      plugin_(client_),
      guard_(
          client_, [](void* session) { static_cast<Session*>(session)->end_access(); }, this),
      half_close_timer_([](void* session) { static_cast<Session*>(session)->on_client_gone(); }, this) {
    pipeline::Client& client = client_.exchange().client;
    client.peer = client.address = name_of(peer, peer_octets_, client.port);
    client.octets = peer_octets_;
    client_.channel().listen(&Session::on_channel_event, this);
    server_.add(*this);
}

Session::~Session() { server_.remove(*this); }

Task<> Session::live(std::unique_ptr<Session> session) { co_await session->run(); }

void Session::close() {
    is_closing_ = true;
    on_client_gone();
    client_.channel().close();
}

Task<> Session::run() {
    for (;;) {
        Head head = parse_head();
        if (head == Head::incomplete) head = co_await wait_for_head();
        if (head == Head::incomplete) break;
        if (head == Head::refused) {
            co_await refuse_head();
            break;
        }
        co_await serve();
        bool goes_on = client_.keeps_alive();
        if (goes_on && !client_.body().is_whole()) goes_on = co_await client_.finish_body();
        client_.channel().input().unpin();
        if (!goes_on || client_.is_gone() || is_closing_) break;
        is_first_ = false;
    }
    co_await close_gently();
}

Session::Head Session::parse_head() {
    const std::span<char> unread = client_.channel().unread();
    if (unread.empty()) return Head::incomplete;
    parsed_ = parser_.parse(unread, client_.exchange().request);
    if (parsed_.status == http::ParseStatus::need_more) return Head::incomplete;
    parser_.reset();
    return parsed_.status == http::ParseStatus::complete ? Head::complete : Head::refused;
}

// Incomplete: the connection has ended or was quiet for too long.
Task<Session::Head> Session::wait_for_head() {
    Channel& channel = client_.channel();
    const LoopServer::Timeouts& timeouts = server_.timeouts();
    const bool is_quiet = channel.unread().empty() && !is_first_;
    TimePoint deadline = Clock::now() + (is_quiet ? timeouts.keepalive : timeouts.header);
    if (is_quiet) {
        if (server_.is_draining() && handler_ == nullptr) co_return Head::incomplete;
        server_.became_idle(*this);
    }
    for (bool has_begun = !is_quiet;;) {
        const Channel::Event event = co_await channel.receive(deadline);
        if (!has_begun) {
            has_begun = true;
            server_.became_busy(*this);
            deadline = Clock::now() + timeouts.header;
        }
        if (event == Channel::Event::timeout && !channel.unread().empty()) {
            parsed_.failure = {408, "header_timeout"};
            co_return Head::refused;
        }
        if (event != Channel::Event::data || is_closing_) co_return Head::incomplete;
        const Head head = parse_head();
        if (head != Head::incomplete) co_return head;
    }
}

void Session::begin_exchange() {
    hold_ = &server_.hold_snapshot();
    pipeline::Exchange& exchange = client_.exchange();
    client_.begin_exchange(parsed_.consumed);
    exchange.snapshot = hold_->snapshot.get();
    const auto& trusted = exchange.snapshot->configuration.gateway.trusted_proxies;
    if (!trusted.empty()) pipeline::find_client(exchange, peer_octets_, trusted);
}

void Session::end_exchange() {
    busy_ = Busy::nothing;
    pipeline::Exchange& exchange = client_.exchange();
    if (exchange.client_gone && exchange.status == 0) {
        exchange.status = 499;
        exchange.reason = "client_gone";
    }
    if (handler_ == nullptr && server_.completion() != nullptr) server_.completion()->on_complete(exchange);
    exchange.snapshot = nullptr;
    server_.release_snapshot(*std::exchange(hold_, nullptr));
}

// A head that breaks the rules: said once, then the connection ends, since nobody knows where the next one would begin.
Task<> Session::refuse_head() {
    pipeline::Exchange& exchange = client_.exchange();
    exchange.request = {};
    parsed_.consumed = 0;
    begin_exchange();
    exchange.request_id.assign(Uuid7::generate().text());
    client_.close_after_response();
    pipeline::set_error(exchange, parsed_.failure.status, parsed_.failure.reason, "The request is malformed.");
    co_await client_.send_reply();
    end_exchange();
}

Task<> Session::serve() {
    begin_exchange();
    pipeline::Exchange& exchange = client_.exchange();
    if (handler_ != nullptr) {
        co_await serve_by_handler();
        end_exchange();
        co_return;
    }
    pipeline::Verdict verdict = run_.start(exchange);
    if (verdict == pipeline::Verdict::pending) {
        busy_ = Busy::filters;
        if (client_.body().done()) client_.channel().read_ahead();
        verdict = co_await run_.resume(exchange);
        busy_ = Busy::nothing;
    }
    if (client_.is_gone()) {
        client_.close_after_response();
    } else if (verdict == pipeline::Verdict::reply) {
        co_await client_.send_reply();
    } else if (exchange.identity.present && pipeline::plan_of(exchange).recheck > Duration::zero()) {
        co_await dispatch_guarded();
    } else {
        co_await dispatch();
    }
    server_.loop().cancel(half_close_timer_);
    end_exchange();
}

Task<> Session::dispatch_guarded() {
    pipeline::Exchange& exchange = client_.exchange();
    guard_.begin(pipeline::plan_of(exchange).recheck);
    co_await dispatch();
    guard_.end();
    StreamGuard::Settled settled = guard_.settled();
    co_await settled;
    if (guard_.has_refused()) exchange.reason = "access_ended";
}

Task<> Session::dispatch() {
    pipeline::Exchange& exchange = client_.exchange();
    client_.body().set_limit(pipeline::body_bytes_max(exchange));
    const pipeline::RoutePlan& plan = pipeline::plan_of(exchange);
    const pipeline::Service* service = plan.service;
    if (!service->goes_to_plugin(server_.loop().index())) {
        co_await dispatch_to_cluster(*service, plan);
        co_return;
    }
    busy_ = Busy::plugin;
    const bool is_served = co_await plugin_.run(service->next_generation(server_.loop().index()), plan);
    if (!is_served) co_await dispatch_again(plan);
}

Task<> Session::dispatch_to_cluster(const pipeline::Service& service, const pipeline::RoutePlan& plan) {
    busy_ = Busy::proxy;
    return proxy_.run(*service.cluster, plan);
}

// The generation that was chosen ended while the filters ran: the request goes to whoever serves it by now.
Task<> Session::dispatch_again(const pipeline::RoutePlan& plan) {
    SnapshotHold& now = server_.hold_snapshot();
    const pipeline::Service* service = now.snapshot->services.find(plan.service->name);
    bool is_served = false;
    if (service != nullptr && service->is_asked_here()) {
        is_served = co_await plugin_.run(*service->generation, plan);
    } else if (service != nullptr && service->cluster) {
        co_await dispatch_to_cluster(*service, plan);
        is_served = true;
    }
    server_.release_snapshot(now);
    if (is_served) co_return;
    pipeline::set_error(client_.exchange(), 503, "plugin_draining", "The service is being replaced.");
    client_.exchange().reply.fields.emplace_back("retry-after", "1");
    co_await client_.send_reply();
}

Task<> Session::serve_by_handler() {
    pipeline::Exchange& exchange = client_.exchange();
    exchange.request_id.assign(Uuid7::generate().text());
    client_.body().set_limit(handler_->body_bytes_max());
    std::string text;
    const bool has_body = co_await client_.collect_body(text);
    if (has_body) {
        co_await handler_->handle(exchange, client_.body().is_whole() ? client_.body().whole() : text);
    } else {
        const ClientSide::BodyFailure& failure = client_.body_failure();
        if (failure.status == 0) co_return;
        pipeline::set_error(exchange, failure.status, failure.reason, failure.detail);
    }
    co_await client_.send_reply();
}

void Session::on_channel_event(void* context, Channel::Event event) {
    auto* session = static_cast<Session*>(context);
    if (session->busy_ == Busy::nothing || event == Channel::Event::data) return;
    if (event == Channel::Event::end) {
        session->server_.loop().schedule(session->half_close_timer_, Clock::now() + kHalfCloseGrace);
    } else {
        session->on_client_gone();
    }
}

void Session::on_client_gone() {
    if (busy_ == Busy::nothing) return;
    client_.exchange().client_gone = true;
    client_.close_after_response();
    if (busy_ == Busy::proxy) proxy_.cancel();
    if (busy_ == Busy::plugin) plugin_.cancel();
}

// Whoever reads the response may not read on.
void Session::end_access() {
    on_client_gone();
    client_.cut();
}

// Says that nothing more will come, and reads on for a moment: closing with unread input makes the kernel send a reset,
// which can overtake the response. A client whose upload was refused sends on until it looks for an answer.
Task<> Session::close_gently() {
    Channel& channel = client_.channel();
    if (!channel.is_open()) co_return;
    if (channel.input_state() == Channel::Event::data && !client_.is_gone()) {
        channel.shutdown_send();
        const bool is_uploading = !client_.body().done() || client_.exchange().status == 413;
        const TimePoint deadline = Clock::now() + (is_uploading ? kUploadLingerTime : kLingerTime);
        const std::uint64_t bytes_max =
            channel.received_bytes() + (is_uploading ? kUploadLingerBytesMax : kLingerBytesMax);
        Channel::Event event = Channel::Event::data;
        while (event == Channel::Event::data && channel.received_bytes() < bytes_max) {
            channel.input().consume(channel.unread().size());
            event = co_await channel.receive(deadline);
        }
    }
    channel.close();
}

}  // namespace gatehouse::net
