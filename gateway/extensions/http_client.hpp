#pragma once

#include <gatehouse/ext/http_client.h>

#include <atomic>
#include <memory>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "gateway/base/guarded.hpp"
#include "gateway/base/io_loop.hpp"
#include "gateway/config/model.hpp"
#include "gateway/extensions/client_call.hpp"
#include "gateway/host/extension.hpp"
#include "gateway/upstream/name_refresher.hpp"
#include "gateway/upstream/remote_caller.hpp"

namespace gatehouse::extensions {

// "gh.http_client/1". Every request belongs to one loop, where all of it happens; what loops share is who is cancelled
// and which URLs are allowed.
class HttpClient final : public host::Extension {
public:
    static constexpr const char kId[] = GH_EXT_HTTP_CLIENT;
    static constexpr std::size_t kCallsPerLoopMax = 1000;

    // remote: where services that are not in this process are reached; may be null. It and the loops outlive this;
    // destroyed when the loops have ended.
    HttpClient(std::vector<IoLoop*> loops, const upstream::RemoteCalls* remote);
    ~HttpClient() override;

    // Which URLs may be asked. Resolves names: may block.  [main]
    void allow(const config::HttpClient& allowed);
    // Before the loops end.  [loop]
    void close_idle(IoLoop& loop);

    const char* id() const override { return kId; }
    const void* table() const override;
    void cancel(host::Generation& generation) override;
    void detach(host::Generation& generation) override;

private:
    struct Functions;
    struct Allowed;
    struct Here;  // what belongs to one loop

    gh_status begin(host::Generation& generation, IoLoop* loop, const gh_client_request* request,
                    ClientCall::Callbacks callbacks, gh_op* operation);
    void start(std::uint64_t id, const std::shared_ptr<ClientCall>& call);
    std::shared_ptr<ClientTransport> to_service(Here& here, const std::shared_ptr<ClientCall>& call);
    std::shared_ptr<ClientTransport> to_origin(Here& here, const std::shared_ptr<ClientCall>& call);
    std::shared_ptr<const upstream::Cluster> origin_cluster(Here& here, const std::string& origin);
    void cancel(gh_op operation);
    bool is_canceled(const host::Generation& generation) const;

    std::vector<IoLoop*> loops_;
    const upstream::RemoteCalls* remote_;
    std::vector<std::unique_ptr<Here>> here_;  // beside loops_
    std::atomic<std::uint64_t> next_id_{1};
    mutable std::shared_mutex canceled_mutex_;
    std::set<const host::Generation*> canceled_;
    mutable Guarded<std::shared_ptr<const Allowed>> allowed_;
    std::unique_ptr<upstream::NameRefresher> refresher_;
};

}  // namespace gatehouse::extensions
