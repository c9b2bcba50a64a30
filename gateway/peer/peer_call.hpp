#pragma once

#include <gatehouse/ext/call.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/task.hpp"
#include "gateway/base/time.hpp"
#include "gateway/host/generation.hpp"
#include "gateway/pipeline/exchange.hpp"
#include "gateway/upstream/assertion.hpp"
#include "gateway/upstream/cluster.hpp"

namespace gatehouse::peer {

// One service's call to another on behalf of the first one, from the request of the internal listener to its reply.
// No thread waits for it. Lives in a coroutine's frame, like the exchange, the service's name and the body.  [loop]
class PeerCall final {
public:
    PeerCall(pipeline::Exchange& exchange, std::string_view service, std::string_view body);
    PeerCall(const PeerCall&) = delete;
    PeerCall& operator=(const PeerCall&) = delete;

    // To a plugin in this process. False: that generation takes no more requests; nothing has happened.
    Task<bool> run(const std::shared_ptr<host::Generation>& generation);
    // To a service elsewhere.
    Task<> forward(const upstream::Cluster& cluster, const upstream::AssertionSigner* signer);

private:
    pipeline::Exchange& exchange_;
    std::string target_;
    std::vector<gh_kv> headers_;
    std::vector<gh_str> roles_;
    gh_identity identity_{};
    gh_call_request request_{};
    TimePoint deadline_;
};

}  // namespace gatehouse::peer
