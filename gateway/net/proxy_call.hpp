#pragma once

#include <string>

#include "gateway/http/body_decoder.hpp"
#include "gateway/http/response_parser.hpp"
#include "gateway/net/body_pump.hpp"
#include "gateway/net/client_side.hpp"
#include "gateway/pipeline/snapshot.hpp"
#include "gateway/upstream/outcome.hpp"
#include "gateway/upstream/pool.hpp"

namespace gatehouse::net {

// One request forwarded to a cluster, and its response back: streamed both ways at the same time, each side as fast as
// the other one takes it. Part of the session; its buffers are reused.
//
//   client --RequestBody--> BodyPump --> upstream        (only if the body did not come with the head)
//   client <-- head, then pieces of the upstream's input as they are <-- upstream
class ProxyCall final {
public:
    explicit ProxyCall(ClientSide& client);

    // Runs until the response was sent or has failed; a failure before its first octet is answered.
    Task<> run(const upstream::Cluster& cluster, const pipeline::RoutePlan& plan);
    // The client is gone: lets go of the upstream.
    void cancel();

private:
    using Outcome = upstream::Outcome;

    Task<bool> prepare_body();
    void write_request_head(const upstream::Cluster& cluster, std::size_t endpoint);
    Task<Outcome> try_endpoints(const upstream::Cluster& cluster);
    Task<Outcome> attempt(upstream::Lease& lease);
    Task<Outcome> receive_head(Channel& upstream);
    Task<Outcome> forward_interim();
    void write_response_head(http::Framing& framing);
    Task<Outcome> relay_body(Channel& upstream, http::Framing framing);
    struct Gathered;
    // Collects what has arrived of the body; false: it is broken behind that.
    bool gather(Channel& upstream, Gathered& gathered);
    Outcome explain(Channel::Event event) const;
    TimePoint deadline() const;
    bool may_repeat(const upstream::Lease& lease, Outcome outcome) const;
    void answer_failure(Outcome outcome);

    ClientSide& client_;
    const pipeline::RoutePlan* plan_ = nullptr;
    Channel* upstream_ = nullptr;  // while an attempt runs
    BodyPump pump_;
    http::ResponseParser parser_;
    http::ResponseHead response_;
    http::BodyDecoder decoder_;
    std::string request_head_;
    bool is_ours_ = false;  // who answers is one of our own services, in another process
    std::string path_;
    std::string small_body_;  // a chunked body that was short enough to be collected
    std::string chunk_start_;
    bool got_something_ = false;
    bool repeatable_ = true;  // the body can be sent again
};

}  // namespace gatehouse::net
