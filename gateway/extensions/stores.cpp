#include "gateway/extensions/stores.hpp"

#include "gateway/extensions/kv_extension.hpp"
#include "gateway/extensions/lease_extension.hpp"
#include "gateway/extensions/memory_kv.hpp"
#include "gateway/extensions/memory_lease_store.hpp"
#include "gateway/extensions/metric.hpp"
#include "gateway/extensions/redis_kv.hpp"
#include "gateway/extensions/redis_lease_store.hpp"
#include "gateway/observe/log.hpp"

namespace gatehouse::extensions {

// Destroyed in the reverse order: extensions, then what they stand on.
struct Stores::Parts {
    std::unique_ptr<RedisClient> kv_client, lease_client;  // apart: a flood of values must not delay a renewal
    std::shared_ptr<KvStore> kv_store;
    std::unique_ptr<LeaseStore> lease_store;
    std::unique_ptr<KvExtension> kv;
    std::unique_ptr<LeaseExtension> lease;
};

namespace {

std::shared_ptr<MemoryKv> make_memory(const StoreOptions& options, observe::Metrics& metrics) {
    auto store = std::make_shared<MemoryKv>(MemoryKv::Options{.bytes_max = options.memory_bytes});
    using observe::MetricKind;
    const auto keys = define_metric(metrics, MetricKind::gauge, "gatehouse_kv_keys",
                                    "Keys in the memory store, expired ones included until they are freed.");
    const auto bytes =
        define_metric(metrics, MetricKind::gauge, "gatehouse_kv_memory_bytes", "What the memory store takes.");
    const auto evicted = define_metric(metrics, MetricKind::counter, "gatehouse_kv_evicted_total",
                                       "Values that had to go before their time to make room.");
    metrics.on_scrape([&metrics, store, keys, bytes, evicted] {
        const MemoryKv::Usage usage = store->usage();
        metrics.record(keys, static_cast<double>(usage.keys));
        metrics.record(bytes, static_cast<double>(usage.bytes));
        metrics.record_total(evicted, static_cast<double>(usage.evicted));
    });
    return store;
}

// What is told of the server is told once, by the client that has more to do with it.
RedisClient::Options client_options(const StoreOptions& options, const RedisAddress& address) {
    RedisClient::Options made;
    made.login = {address, options.password};
    made.timeout = options.timeout;
    return made;
}

}  // namespace

Result<std::unique_ptr<Stores>> Stores::create(const StoreOptions& options, observe::Metrics& metrics,
                                               observe::Logger& logger) {
    auto parts = std::make_unique<Parts>();
    if (options.store == "memory") {
        parts->kv_store = make_memory(options, metrics);
        parts->lease_store = std::make_unique<MemoryLeaseStore>();
    } else {
        const auto address = parse_redis_address(options.store);
        if (!address) return Error{"the key-value store \"" + options.store + "\": " + address.error().message};
        const auto up = define_metric(metrics, observe::MetricKind::gauge, "gatehouse_kv_redis_up",
                                      "0 while Redis does not answer and is left alone.");
        metrics.record(up, 1);
        RedisClient::Options kv_options = client_options(options, *address);
        kv_options.on_change = [&metrics, &logger, up, where = to_string(*address)](bool is_up, std::string_view why) {
            metrics.record(up, is_up ? 1 : 0);
            if (is_up) {
                logger.info("Redis answers again", {{"redis", where}});
            } else {
                logger.warn("Redis does not answer", {{"redis", where}, {"error", why}});
            }
        };
        RedisClient::Options lease_options = client_options(options, *address);
        lease_options.connections = 1;
        parts->kv_client = std::make_unique<RedisClient>(std::move(kv_options));
        parts->lease_client = std::make_unique<RedisClient>(std::move(lease_options));
        parts->kv_store = std::make_shared<RedisKv>(*parts->kv_client);
        parts->lease_store = std::make_unique<RedisLeaseStore>(*parts->lease_client);
    }
    parts->kv = std::make_unique<KvExtension>(*parts->kv_store, metrics);
    parts->lease = std::make_unique<LeaseExtension>(*parts->lease_store, metrics);
    return std::unique_ptr<Stores>(new Stores(std::move(parts)));
}

Stores::Stores(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Stores::~Stores() = default;

std::vector<host::Extension*> Stores::extensions() const { return {parts_->kv.get(), parts_->lease.get()}; }

}  // namespace gatehouse::extensions
