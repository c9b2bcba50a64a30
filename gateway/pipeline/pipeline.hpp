#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/base/task.hpp"
#include "gateway/pipeline/filter.hpp"
#include "gateway/pipeline/snapshot.hpp"

namespace gatehouse::pipeline {

// Finds the loaded generation for `plugin:NAME` of a service; null if there is none.
using FindGeneration = std::function<std::shared_ptr<host::Generation>(const config::Service& service)>;

// A generation that gets some percent of the requests of its service's present one.
struct Canary {
    std::string service;
    std::shared_ptr<host::Generation> generation;
    std::uint32_t percent = 0;  // 1..100
};

// backend: `gatehouse serve`, behind another Gatehouse. Its Via is no loop, and GET /healthz is answered here.
enum class Mode : std::uint8_t { gateway, backend };

// Compiles a checked configuration. Fails if a plugin service has no generation. canary may be null.  [main]
Result<std::shared_ptr<const Snapshot>> build_snapshot(config::Configuration configuration, std::uint64_t number,
                                                       Mode mode, FilterFactory& factory,
                                                       const FindGeneration& find_generation,
                                                       const Canary* canary = nullptr);

// What Via says of this gateway.
inline constexpr std::string_view kViaPseudonym = "gatehouse";

// The route that the exchange has matched.  REQUIRES: exchange.match is found.
const RoutePlan& plan_of(const Exchange& exchange);
// The largest body that the exchange's route lets in.
std::uint64_t body_bytes_max(const Exchange& exchange);

// Whether the request of an answer that goes on would be let in by `now`, the snapshot in force, as the same caller.
// REQUIRES: `now` and the exchange outlive the task.  [loop]
Task<bool> passes_still(const Snapshot& now, const Exchange& exchange);

// The part of the pipeline before dispatch: request id > strip > route > rate(ip) > auth > rate(user) > require.
// Sync as long as no filter has to wait; a run that is `pending` goes on with resume(). Afterwards the verdict is
// `next` (dispatch exchange.match) or `reply`.
class Run final {
public:
    Verdict start(Exchange& exchange);
    Task<Verdict> resume(Exchange& exchange);

private:
    Verdict advance(Exchange& exchange);
    Verdict route(Exchange& exchange);

    const RoutePlan* plan_ = nullptr;
    std::size_t next_ = 0;
};

}  // namespace gatehouse::pipeline
