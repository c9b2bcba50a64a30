#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/host/generation.hpp"
#include "gateway/net/handler.hpp"
#include "gateway/upstream/assertion.hpp"
#include "gateway/upstream/cluster.hpp"

namespace gatehouse::peer {

// Where a service is reached from here, held by the pointers: at most one is set; none: there is no such service.
struct Target {
    std::shared_ptr<host::Generation> generation;
    std::shared_ptr<const upstream::Cluster> cluster;
};

// The internal listener: services that run in other processes (`gatehouse serve --gateway`, and the child processes of
// spawn:NAME) call other services through it, and whatever is added to it.
//
//   POST /api/users/lookup?x=1                   as the other service is to get it
//   x-gatehouse-service: users                   which one
//   x-gatehouse-timeout: 1500                    milliseconds that there are left; 15 s if left out
//   x-gatehouse-assertion: v1.…                  who calls and for whom; made out to "users"
//
// The answer is that of the service; when there is none, 502, 503 or 504 with the reason in gatehouse-error. Without
// x-gatehouse-service the path is one that was added, and the assertion is made out to upstream::kGatewayCluster.
// Without a valid assertion the answer is always 401. One per process; used on every loop.
class PeerApi final : public net::RequestHandler {
public:
    static constexpr std::size_t kBodyBytesMax = 16 * 1024 * 1024;

    using FindTarget = std::function<Target(std::string_view service)>;  // [any]
    // signer signs calls to services that expect it; null if nobody does. Everything outlives the listener.
    PeerApi(upstream::AssertionVerifier& verifier, const upstream::AssertionSigner* signer, FindTarget find_target);
    ~PeerApi() override;

    // Requests for that path ("/gatehouse/events") go to `handler`, which outlives this; exchange.identity.service is
    // the service that asks. Before the first request.
    void add(std::string path, net::RequestHandler& handler);

    Task<> handle(pipeline::Exchange& exchange, std::string_view body) override;
    std::size_t body_bytes_max() const override { return kBodyBytesMax; }

private:
    bool authenticate(pipeline::Exchange& exchange, std::string_view audience);
    Task<> call(pipeline::Exchange& exchange, const std::string& service, std::string_view body);

    upstream::AssertionVerifier& verifier_;
    const upstream::AssertionSigner* signer_;
    FindTarget find_target_;
    std::map<std::string, net::RequestHandler*, std::less<>> handlers_;
};

}  // namespace gatehouse::peer
