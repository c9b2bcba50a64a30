#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/task.hpp"
#include "gateway/base/time.hpp"
#include "gateway/http/message.hpp"
#include "gateway/upstream/outcome.hpp"

namespace gatehouse {
class IoLoop;
}

namespace gatehouse::upstream {

class Cluster;

// A small request of the gateway's own (forward-auth, a call between services). Views must stay valid until the task
// ends.
struct FetchRequest {
    std::string_view method = "GET";
    std::string_view target;     // "/path?query", normalised
    std::string_view authority;  // Host; empty = the endpoint's own
    std::string fields;          // serialised lines "name: value\r\n", without Host and framing
    std::string_view body;
    TimePoint deadline = TimePoint::max();
    Duration connect_timeout = std::chrono::seconds(1);
    std::size_t response_bytes_max = 1024 * 1024;  // above: Outcome::too_large
};

struct Fetched {
    Outcome outcome = Outcome::connect_failed;
    int status = 0;                                           // with Outcome::ok; 5xx too is ok
    std::vector<std::pair<std::string, std::string>> fields;  // names lower-case, hop-by-hop removed
    std::string body;
};

// Sends the request over the loop's pooled connections to one endpoint of the cluster, with one retry over another
// connection when nothing can have happened. `cluster` is held by the caller's snapshot.  [loop]
Task<Fetched> fetch(IoLoop& loop, const Cluster& cluster, const FetchRequest& request);

}  // namespace gatehouse::upstream
