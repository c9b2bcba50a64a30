#pragma once

#include <gatehouse/ext/kv.h>

#include <map>
#include <memory>
#include <shared_mutex>
#include <string_view>

#include "gateway/extensions/kv_store.hpp"
#include "gateway/host/extension.hpp"
#include "gateway/observe/metrics.hpp"

namespace gatehouse::extensions {

// "gh.kv/1" over a store. Counts requests by service and result.
class KvExtension final : public host::Extension {
public:
    static constexpr const char kId[] = GH_EXT_KV;

    // store outlives this; answers that come later must have come before this is destroyed.
    KvExtension(KvStore& store, observe::Metrics& metrics);
    ~KvExtension() override;

    const char* id() const override { return kId; }
    const void* table() const override;
    void attach(host::Generation& generation) override;
    void cancel(host::Generation& generation) override;
    void detach(host::Generation& generation) override;

private:
    class Client;   // one generation
    class Pending;  // one request whose answer comes later
    static gh_status run(const gh_host* host, const gh_kv_request* request, gh_kv_result* result, gh_loop* loop,
                         gh_kv_done done, void* context);
    std::shared_ptr<Client> find(const host::Generation& generation) const;

    KvStore& store_;
    observe::Metrics& metrics_;
    observe::Metrics::Family requests_;
    mutable std::shared_mutex mutex_;  // clients_
    std::map<const host::Generation*, std::shared_ptr<Client>> clients_;
};

}  // namespace gatehouse::extensions
