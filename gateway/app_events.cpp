#include "gateway/app_events.hpp"

#include <coroutine>

#include "gateway/app_parts.hpp"
#include "gateway/events/event_batch.hpp"
#include "gateway/events/gateway_bus.hpp"
#include "gateway/events/make_bus.hpp"
#include "gateway/events/remote_request.hpp"
#include "gateway/events/served_subscribers.hpp"
#include "gateway/pipeline/problem.hpp"
#include "gateway/upstream/call_fields.hpp"

namespace gatehouse {

namespace {

constexpr std::size_t kThreads = 4;
constexpr std::size_t kQueueMax = 256;
constexpr Duration kPublishTimeout = 10s;  // shorter than what the other side waits
constexpr Duration kStopTimeout = 15s;

// Has a worker publish for a task on a loop, which goes on when that is done.
class Publishing final {
public:
    Publishing(host::WorkerPool& workers, events::EventsExtension& events, std::string service,
               std::vector<events::Event> batch)
        : workers_(workers),
          events_(events),
          service_(std::move(service)),
          batch_(std::move(batch)),
          results_(batch_.size(), GH_E_UNAVAILABLE) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> waiter) {
        loop_ = IoLoop::current();
        waiter_ = waiter;
        return workers_.try_submit({&run, this, nullptr, nullptr});
    }
    std::vector<gh_status> await_resume() { return std::move(results_); }

private:
    static void run(void* self, void*, void*) {
        auto& own = *static_cast<Publishing*>(self);
        static_cast<void>(own.events_.publish(own.service_, std::move(own.batch_), Clock::now() + kPublishTimeout,
                                              own.results_.data()));
        own.loop_->post([waiter = own.waiter_] { waiter.resume(); });
    }

    host::WorkerPool& workers_;
    events::EventsExtension& events_;
    const std::string service_;
    std::vector<events::Event> batch_;
    std::vector<gh_status> results_;
    IoLoop* loop_ = nullptr;
    std::coroutine_handle<> waiter_;
};

}  // namespace

EventsFromPeers::EventsFromPeers(events::EventsExtension& events)
    : events_(events), workers_(std::make_unique<host::WorkerPool>("gh-events", kThreads, kQueueMax)) {}

EventsFromPeers::~EventsFromPeers() {
    if (!workers_->stop(Clock::now() + kStopTimeout)) static_cast<void>(workers_.release());  // somebody is in there
}

Task<> EventsFromPeers::handle(pipeline::Exchange& exchange, std::string_view body) {
    auto batch = events::read_batch(body);
    if (exchange.request.method != "POST" || !batch || exchange.identity.service.empty()) {
        pipeline::set_error(exchange, 400, "bad_request", "This is no batch of events of a service.");
        co_return;
    }
    Publishing publishing(*workers_, events_, exchange.identity.service, std::move(*batch));
    const std::vector<gh_status> results = co_await publishing;
    exchange.reply.status = 200;
    exchange.reply.body = events::write_statuses(results);
}

// In this process, over a broker, or, for a service run by `gatehouse serve`, through its gateway.
void App::Parts::make_events() {
    const config::Events& wanted = mode.configuration.gateway.events;
    events = std::make_unique<events::EventsExtension>(logger, metrics);
    const bool is_backend = mode.mode == pipeline::Mode::backend;
    if (is_backend) events->answer_to(std::string(upstream::kGatewayCluster));
    if (is_backend && mode.events_by_gateway) {
        const bool has_gateway = mode.configuration.services.contains(std::string(upstream::kGatewayCluster));
        events->use(std::make_unique<events::GatewayBus>(has_gateway ? &remote_calls : nullptr,
                                                         std::string(upstream::kGatewayCluster),
                                                         mode.configuration.services.begin()->first));
        return;
    }
    std::unique_ptr<events::RemoteSubscribers> served;
    if (!is_backend && wanted.bus == config::Events::Bus::embedded) {
        served = std::make_unique<events::ServedSubscribers>(
            remote_calls, std::string(upstream::kGatewayCluster), [this] { return served_services(); }, logger);
    }
    events->use(events::make_bus(wanted, *events, std::move(served), logger));
}

// Those that get their events elsewhere: one that has a copy in this process gets them here, and nobody waits for what
// its other copies want.
std::vector<std::string> App::Parts::served_services() {
    std::vector<std::string> names;
    const auto held = snapshot();
    if (!held) return names;
    for (const auto& [name, service] : held->services.by_name) {
        if (service.cluster && service.cluster->is_served() && !service.generation) names.push_back(name);
    }
    return names;
}

}  // namespace gatehouse
