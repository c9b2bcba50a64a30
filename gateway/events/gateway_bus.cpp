#include "gateway/events/gateway_bus.hpp"

#include <algorithm>
#include <set>

#include "gateway/events/event_batch.hpp"
#include "gateway/events/remote_request.hpp"

namespace gatehouse::events {

namespace {

constexpr std::size_t kBatchBytesMax = 4 * 1024 * 1024;

}  // namespace

// In pieces that fit into a request. After a failure the rest of its subject is not sent.
void GatewayBus::publish(std::span<const Event> events, TimePoint deadline, std::span<gh_status> results) {
    std::set<std::string> failed;
    std::size_t next = 0;
    while (next < events.size()) {
        std::string batch;
        std::vector<std::size_t> places;
        for (; next < events.size() && batch.size() < kBatchBytesMax; ++next) {
            results[next] = GH_E_STATE;
            if (failed.contains(order_key(events[next]))) continue;
            append_to_batch(batch, events[next]);
            places.push_back(next);
        }
        if (places.empty()) break;
        std::vector<gh_status> statuses(places.size(), GH_E_UNAVAILABLE);
        send(batch, deadline, statuses);
        for (std::size_t i = 0; i < places.size(); ++i) {
            results[places[i]] = statuses[i];
            const std::string key = order_key(events[places[i]]);
            if (statuses[i] != GH_OK && !key.empty()) failed.insert(key);
        }
    }
}

void GatewayBus::send(const std::string& batch, TimePoint deadline, std::span<gh_status> results) {
    gh_status status = is_stopped_ ? GH_E_CLOSED : GH_E_UNAVAILABLE;
    if (!is_stopped_ && caller_ != nullptr) {
        const RemoteAnswer answer = ask(*caller_, gateway_, service_, "POST", kEventsPath, batch, deadline);
        const bool is_told = answer.status == GH_OK && answer.code == 200 && read_statuses(answer.body, results);
        is_failing_ = !is_told;
        if (is_told) return;
        if (answer.status != GH_OK) status = answer.status;
    }
    std::fill(results.begin(), results.end(), status);
}

BusStatus GatewayBus::status() const {
    BusStatus status;
    status.is_connected = caller_ != nullptr && !is_failing_;
    if (!status.is_connected) status.problem = caller_ == nullptr ? "no gateway" : "the gateway does not answer";
    return status;
}

}  // namespace gatehouse::events
