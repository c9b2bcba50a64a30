#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <vector>

#include "gateway/observe/gateway_metrics.hpp"
#include "gateway/pipeline/filter.hpp"
#include "gateway/pipeline/filters/auth/credentials.hpp"
#include "gateway/pipeline/filters/auth/decision_cache.hpp"
#include "gateway/pipeline/filters/auth/verifier.hpp"

namespace gatehouse::pipeline {

enum class AnonymousCallers : std::uint8_t { ask_verifier, pass };

// One entry of `auth:` as one snapshot knows it: a verifier, what it said lately, and checks under way.
//
//   credentials --> cache (per loop) --hit--> decision
//                     `--miss--> flight of this key? --yes--> wait for its decision
//                                  `--no--> ask the verifier, remember, wake all who wait
//
// A verifier on the loop of this process is asked on the spot, without a flight. Without `cache:` every request asks,
// and a logout or a ban holds at once; with it, after as long as the decision may be kept.
class Authenticator final : public std::enable_shared_from_this<Authenticator> {
public:
    static constexpr std::size_t kCachedPerLoop = 4096;
    static constexpr std::size_t kFlightsPerLoop = 1024;

    Authenticator(std::shared_ptr<const config::Authenticator> configuration, std::unique_ptr<Verifier> verifier,
                  std::vector<IoLoop*> loops, observe::GatewayMetrics& metrics);
    ~Authenticator();

    // As Filter::handle() and resume().  [loop]
    Verdict handle(Exchange& exchange, AnonymousCallers anonymous);
    Task<Verdict> resume(Exchange& exchange);
    // As Filter::passes_still(); never by the cache. It does not pass if the verifier names anybody else by now, or
    // other roles.
    Task<bool> passes_still(const Exchange& exchange);

    // Forgets decisions on every loop, soon.  [any]
    void revoke(const Revocation& revocation);

    bool uses_cache() const { return uses_cache_; }

private:
    struct Waiter;
    struct Flight;
    class Landing;
    struct LoopState {
        DecisionCache cache{kCachedPerLoop};
        boost::unordered_flat_map<Hash128, Flight*, HashHasher> flights;
        std::uint64_t revocations = 0;
        Decision scratch;
    };
    void count(const Decision& decision);
    Verdict finish(const Decision& decision, Exchange& exchange);
    TimePoint deadline_of(const Exchange& exchange) const;
    Task<Verdict> lead(Exchange& exchange, const Hash128 key);

    std::shared_ptr<const config::Authenticator> configuration_;
    std::unique_ptr<Verifier> verifier_;
    std::vector<IoLoop*> loops_;
    Credentials credentials_;
    KeyedHash::Key hash_key_;
    IfDown if_down_;
    bool uses_cache_;
    observe::GatewayMetrics& metrics_;
    observe::Counter allowed_, anonymous_, denied_, unavailable_;
    std::vector<LoopState> states_;  // by index, each touched by its loop only
};

}  // namespace gatehouse::pipeline
