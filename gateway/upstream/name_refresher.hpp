#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateway/upstream/address.hpp"

namespace gatehouse::upstream {

// Looks names up again from time to time, on a thread of its own, and tells when an endpoint has moved.
class NameRefresher final {
public:
    // On the refresher's thread.
    using OnChange = std::function<void(const std::string& key, const std::vector<Address>& addresses)>;

    explicit NameRefresher(OnChange on_change);
    ~NameRefresher();
    NameRefresher(const NameRefresher&) = delete;
    NameRefresher& operator=(const NameRefresher&) = delete;

    // Replaces what is watched; numeric addresses and Unix paths are left out.
    void watch(const std::vector<config::Endpoint>& endpoints);

private:
    struct Watched {
        config::Endpoint endpoint;
        std::vector<Address> addresses;
    };
    void run();
    bool refresh();

    OnChange on_change_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Watched> watched_;
    bool is_stopping_ = false;
    std::thread thread_;  // started with the first name
};

}  // namespace gatehouse::upstream
