#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <string>

#include "gateway/base/task.hpp"
#include "gateway/http/request_parser.hpp"
#include "gateway/net/client_side.hpp"
#include "gateway/net/handler.hpp"
#include "gateway/net/plugin_call.hpp"
#include "gateway/net/proxy_call.hpp"
#include "gateway/net/session_hook.hpp"
#include "gateway/net/stream_guard.hpp"
#include "gateway/pipeline/client_address.hpp"
#include "gateway/pipeline/pipeline.hpp"

namespace gatehouse::net {

struct PeerAddress {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_storage);
};

struct SnapshotHold;

// One client connection that speaks HTTP/1.1, from accept to close: requests are answered one after the other, in
// order. Owns itself through its coroutine.  [loop]
class Session final : public SessionHook {
public:
    // Takes over the connected, non-blocking descriptor. handler: see LoopServer::listen().
    static void start(LoopServer& server, int descriptor, const PeerAddress& peer, RequestHandler* handler);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // Fails what the session waits for, so that it ends soon.
    void close();
    void close_for_room() {
        was_closed_for_room_ = true;
        close();
    }
    bool was_closed_for_room() const { return was_closed_for_room_; }
    bool has_handler() const { return handler_ != nullptr; }

private:
    Session(LoopServer& server, Channel::Pointer channel, const PeerAddress& peer, RequestHandler* handler);
    static Task<> live(std::unique_ptr<Session> session);
    Task<> run();

    enum class Head : std::uint8_t { incomplete, complete, refused };
    Head parse_head();
    Task<Head> wait_for_head();
    Task<> refuse_head();
    Task<> serve();
    Task<> serve_by_handler();
    Task<> dispatch_guarded();
    Task<> dispatch();
    Task<> dispatch_to_cluster(const pipeline::Service& service, const pipeline::RoutePlan& plan);
    Task<> dispatch_again(const pipeline::RoutePlan& plan);
    void begin_exchange();
    void end_exchange();
    Task<> close_gently();

    static void on_channel_event(void* session, Channel::Event event);
    void on_client_gone();
    void end_access();

    LoopServer& server_;
    ClientSide client_;
    RequestHandler* handler_;
    http::RequestParser parser_;
    http::ParseResult parsed_;
    pipeline::Run run_;
    pipeline::AddressOctets peer_octets_{};
    SnapshotHold* hold_ = nullptr;
    ProxyCall proxy_;
    PluginCall plugin_;
    StreamGuard guard_;
    enum class Busy : std::uint8_t { nothing, filters, proxy, plugin } busy_ = Busy::nothing;
    bool is_first_ = true;
    bool is_closing_ = false;
    bool was_closed_for_room_ = false;
    TimerWheel::Entry half_close_timer_;
};

}  // namespace gatehouse::net
