#pragma once

#include <gatehouse/ext/call.h>

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/host/generation.hpp"

namespace gatehouse::host {

class RemoteCaller;

const gh_call& call_table();

// What a request from one service to another must be, by whatever way: a target in origin form, a method, no field that
// only the host writes.
bool is_well_formed(gh_str method, gh_str target, const gh_kv* headers, std::size_t n_headers);

// Calls between services by name: in this process straight into the plugin, elsewhere through RemoteCaller.
class Caller final {
public:
    static constexpr Duration kDefaultTimeout = 15s;
    static constexpr int kDepthMax = 8;
    static constexpr int kAttemptsMax = 16;  // a generation may be replaced between being found and being asked

    Caller(std::vector<IoLoop*> loops, RemoteCaller* remote);

    // All [any].
    void add(std::shared_ptr<Generation> generation);  // replaces an earlier one of the same service
    void remove(const Generation& generation);
    std::shared_ptr<Generation> find(std::string_view service) const;
    void set_remote_services(std::vector<std::string> names);
    bool is_remote(std::string_view service) const;

    gh_status perform(const std::string& calling_service, const gh_call_request& request, gh_call_done done,
                      void* context);

private:
    gh_status perform_here(const std::string& calling_service, const gh_call_request& request,
                           const std::shared_ptr<Generation>& generation, TimePoint deadline, gh_call_done done,
                           void* context);

    std::vector<IoLoop*> loops_;
    RemoteCaller* remote_;
    mutable std::shared_mutex mutex_;
    std::map<std::string, std::shared_ptr<Generation>, std::less<>> generations_;
    std::set<std::string, std::less<>> remote_services_;
    std::atomic<std::uint32_t> next_loop_{0};
};

}  // namespace gatehouse::host
