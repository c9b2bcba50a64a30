// How often somebody may do what is cheap for him and not for others: asking for mails, looking up names. Counted in
// the key-value store, so that a reload forgets nothing.
#pragma once

#include <chrono>
#include <gatehouse/kv.hpp>
#include <string_view>

namespace auth {

// Thread-safe; blocks.
class RequestLimits final {
public:
    explicit RequestLimits(gatehouse::Kv kv) : kv_(kv) {}

    // Counts one `what` by `who` ("reset", "192.0.2.7"). Throws TooManyRequests beyond so many in a window, which
    // begins with the first of them. times_max 0: no limit.
    void spend(std::string_view what, std::string_view who, int times_max, std::chrono::seconds window) const;

private:
    gatehouse::Kv kv_;
};

}  // namespace auth
