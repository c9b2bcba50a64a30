#include "gateway/upstream/name_refresher.hpp"

#include <algorithm>

namespace gatehouse::upstream {

namespace {

constexpr std::chrono::seconds kInterval{30};
constexpr std::chrono::seconds kIntervalAfterFailure{2};

}  // namespace

NameRefresher::NameRefresher(OnChange on_change) : on_change_(std::move(on_change)) {}

NameRefresher::~NameRefresher() {
    {
        std::scoped_lock lock(mutex_);
        is_stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void NameRefresher::watch(const std::vector<config::Endpoint>& endpoints) {
    std::scoped_lock lock(mutex_);
    watched_.clear();
    for (const config::Endpoint& endpoint : endpoints) {
        if (needs_resolution(endpoint)) watched_.push_back({endpoint, {}});
    }
    if (!watched_.empty() && !thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void NameRefresher::run() {
    bool all_found = true;
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait_for(lock, all_found ? kInterval : kIntervalAfterFailure, [&] { return is_stopping_; });
            if (is_stopping_) return;
        }
        all_found = refresh();
    }
}

// Asks without holding the lock: a name service may take its time.
bool NameRefresher::refresh() {
    std::vector<Watched> watched;
    {
        std::scoped_lock lock(mutex_);
        watched = watched_;
    }
    bool all_found = true;
    for (Watched& one : watched) {
        std::vector<Address> addresses = resolve(one.endpoint);
        all_found = all_found && !addresses.empty();
        if (addresses.empty() || addresses == one.addresses) continue;  // a name that vanishes keeps its last addresses
        on_change_(endpoint_key(one.endpoint), addresses);
        std::scoped_lock lock(mutex_);
        for (Watched& current : watched_) {
            if (endpoint_key(current.endpoint) == endpoint_key(one.endpoint)) current.addresses = addresses;
        }
    }
    return all_found;
}

}  // namespace gatehouse::upstream
