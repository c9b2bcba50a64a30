#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/host/plugin_host.hpp"
#include "gateway/upstream/assertion.hpp"
#include "gateway/upstream/cluster.hpp"

namespace gatehouse::upstream {

// call() to services that are not in this process: the worker thread that asks blocks while one of the loops fetches
// over its pooled connections. For services that expect it the request carries an assertion that names the caller.
class RemoteCalls final : public host::RemoteCaller {
public:
    // The service's cluster in the present snapshot, kept alive by the pointer; null if there is none.  [any]
    using FindCluster = std::function<std::shared_ptr<const Cluster>(std::string_view service)>;

    // signer may be null. Everything outlives the loops' run.
    RemoteCalls(std::vector<IoLoop*> loops, FindCluster find_cluster, const AssertionSigner* signer);

    // Before the first call.
    void set_signer(const AssertionSigner* signer) { signer_ = signer; }

    gh_status perform(const gh_call_request& request, const std::string& calling_service, TimePoint deadline,
                      gh_call_done done, void* context) override;

    // The request's fields with the identity, signed where that is expected.  [any]
    std::string make_fields(const gh_call_request& request, const std::string& calling_service,
                            const Cluster& cluster) const;
    std::shared_ptr<const Cluster> find_cluster(std::string_view service) const { return find_cluster_(service); }

private:
    std::vector<IoLoop*> loops_;
    FindCluster find_cluster_;
    const AssertionSigner* signer_;
    std::atomic<std::uint32_t> next_loop_{0};
};

}  // namespace gatehouse::upstream
