#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gateway/events/embedded_bus.hpp"
#include "gateway/host/plugin_host.hpp"
#include "gateway/observe/log.hpp"

namespace gatehouse::events {

// Services that `gatehouse serve` runs, here as child processes or elsewhere. Each is asked for its wishes until it has
// told them, and again every two seconds; one that answers 4xx has none. Events go to it one by one, by signed
// requests.
class ServedSubscribers final : public RemoteSubscribers {
public:
    using Services = std::function<std::vector<std::string>()>;  // as the configuration says now  [any]

    // caller outlives stop().
    ServedSubscribers(host::RemoteCaller& caller, std::string calling_service, Services services,
                      observe::Logger& logger);
    ~ServedSubscribers() override;

    std::optional<std::vector<std::string>> wanting(const std::string& type, TimePoint deadline) override;
    gh_status deliver(const std::string& service, const Event& event, TimePoint deadline) override;
    std::string problem() const override;
    void stop() override;

private:
    struct Known {
        std::set<std::string> types;
        TimePoint asked{};
        bool is_known = false;
        bool is_stranger = false;  // it said 404
    };
    void run();
    void ask_for_wishes(const std::string& service);
    const std::string* unknown_of(const std::vector<std::string>& services) const;

    host::RemoteCaller& caller_;
    const std::string calling_service_;
    const Services services_;
    observe::Logger& logger_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, Known> known_;
    bool is_needed_ = false;  // nobody is asked before there is a first event
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace gatehouse::events
