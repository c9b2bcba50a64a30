#include <gatehouse/context.hpp>

#include <stdexcept>

#include "sdk/service/context_state.hpp"
#include "sdk/service/jobs.hpp"
#include "sdk/service/views.hpp"

namespace gatehouse {

namespace {

template <class Table>
const Table* extension(const gh_host* host, const char* id) {
    return static_cast<const Table*>(host->extension(host, id));
}

Metric declare(detail::ContextState& state, gh_metric metric, std::string_view name, std::string_view help,
               std::initializer_list<std::string_view> labels) {
    if (state.is_complete) throw std::logic_error("metrics are declared in the constructor");
    std::vector<gh_str> names;
    for (const std::string_view label : labels) names.push_back(detail::to_str(label));
    metric.size = sizeof(metric);
    metric.name = detail::to_str(name);
    metric.help = detail::to_str(help);
    metric.label_names = names.data();
    metric.n_labels = names.size();
    std::uint32_t id = 0;
    if (state.host->metric(state.host, &metric, &id) != GH_OK) {
        throw std::runtime_error("the host refused the metric " + std::string(name));
    }
    return {state.host, id, names.size()};
}

}  // namespace

Context::Context(const gh_host* host, std::string_view plugin_id, std::string_view config_json)
    : state_(std::make_unique<detail::ContextState>(host)) {
    state_->plugin_id = plugin_id;
    state_->config = config_json.empty() ? "{}" : config_json;
    const auto* call = extension<gh_call>(host, GH_EXT_CALL);
    if (GH_HAS(call, perform) && call->perform != nullptr) state_->call = call;
    const auto* clock = extension<gh_clock>(host, GH_EXT_CLOCK);
    if (GH_HAS(clock, wall_ms) && clock->wall_ms != nullptr) state_->clock = clock;
    const auto* http_client = extension<gh_http_client>(host, GH_EXT_HTTP_CLIENT);
    if (GH_HAS(http_client, cancel)) state_->http_client = http_client;
    const auto* trace = extension<gh_trace>(host, GH_EXT_TRACE);
    if (GH_HAS(trace, end)) state_->trace = trace;
}

Context::~Context() = default;

Route& Context::route(std::string_view method, std::string_view pattern, detail::Handler handler) {
    if (state_->is_complete) throw std::logic_error("routes are declared in the constructor");
    detail::RouteState& state = state_->routes.emplace_back();
    state.context = state_.get();
    state.method = method;
    state.pattern = pattern;
    state.handler = std::move(handler);
    state.row = std::unique_ptr<Route>(new Route(&state));
    return *state.row;
}

std::string_view Context::config_text() const { return state_->config; }
std::string_view Context::plugin_id() const { return state_->plugin_id; }
const Log& Context::log() const { return state_->log; }
const gh_host* Context::host() const { return state_->host; }

Metric Context::counter(std::string_view name, std::string_view help, std::initializer_list<std::string_view> labels) {
    gh_metric metric{};
    metric.kind = GH_COUNTER;
    return declare(*state_, metric, name, help, labels);
}

Metric Context::gauge(std::string_view name, std::string_view help, std::initializer_list<std::string_view> labels) {
    gh_metric metric{};
    metric.kind = GH_GAUGE;
    return declare(*state_, metric, name, help, labels);
}

Metric Context::histogram(std::string_view name, std::string_view help, std::string_view unit,
                          std::initializer_list<double> buckets, std::initializer_list<std::string_view> labels) {
    gh_metric metric{};
    metric.kind = GH_HISTOGRAM;
    metric.unit = detail::to_str(unit);
    metric.buckets = buckets.begin();
    metric.n_buckets = buckets.size();
    return declare(*state_, metric, name, help, labels);
}

Problem Context::problem_of(const std::exception_ptr& error) const {
    return detail::problem_of(*state_, error, [this](const char* what) {
        log().error("a handler failed", {{"error", what}});
    });
}

Http Context::http() const { return Http(state_->host, state_->http_client); }

Instant Context::now() const { return Instant(std::chrono::nanoseconds(state_->host->now_ns(state_->host))); }

Time Context::wall_time() const {
    if (state_->clock != nullptr) return from_unix_ms(state_->clock->wall_ms(state_->host));
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

void Context::add_command(std::string_view name, std::string_view summary, detail::AdminCommand command) {
    if (state_->is_complete) throw std::logic_error("commands are declared in the constructor");
    for (const detail::AdminCommand& other : state_->commands) {
        if (other.name == name) throw std::logic_error("the command " + other.name + " is declared twice");
    }
    command.name = name;
    command.summary = summary;
    state_->commands.push_back(std::move(command));
}

void Context::add_mapper(Mapper mapper) {
    if (state_->is_complete) throw std::logic_error("exceptions are mapped in the constructor");
    state_->mappers.push_back(std::move(mapper));
}

namespace detail {

void throw_config_error(const Problem& problem) {
    std::string text = problem.errors().empty() ? problem.detail() : "";
    for (const FieldError& error : problem.errors()) {
        if (!text.empty()) text += "; ";
        text += (error.pointer.empty() ? "configuration" : error.pointer) + " " + error.detail;
    }
    throw ConfigError(text);
}

}  // namespace detail
}  // namespace gatehouse
