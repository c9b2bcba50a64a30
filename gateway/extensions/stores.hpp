#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"

namespace gatehouse::host {
class Extension;
}
namespace gatehouse::observe {
class Logger;
class Metrics;
}  // namespace gatehouse::observe

namespace gatehouse::extensions {

struct StoreOptions {
    std::string store = "memory";            // or an address of parse_redis_address()
    std::string password;                    // of Redis; empty = none
    std::uint64_t memory_bytes = 64u << 20;  // bound of the memory store
    Duration timeout = 200ms;                // for an answer of Redis
};

// gh.kv/1 and gh.lease/1 with the store that the configuration names, and its metrics. One per process; outlives the
// plugin host. Redis need not be there yet: until it is, requests end with GH_E_UNAVAILABLE.
class Stores final {
public:
    static Result<std::unique_ptr<Stores>> create(const StoreOptions& options, observe::Metrics& metrics,
                                                  observe::Logger& logger);
    ~Stores();
    Stores(const Stores&) = delete;
    Stores& operator=(const Stores&) = delete;

    // For PluginHost::Options::extensions.
    std::vector<host::Extension*> extensions() const;

private:
    struct Parts;
    explicit Stores(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::extensions
