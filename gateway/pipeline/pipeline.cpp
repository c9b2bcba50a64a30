#include "gateway/pipeline/pipeline.hpp"

#include "gateway/base/ascii.hpp"
#include "gateway/pipeline/client_address.hpp"
#include "gateway/pipeline/problem.hpp"
#include "gateway/pipeline/trace_context.hpp"

namespace gatehouse::pipeline {

namespace {

constexpr std::string_view kServedMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

Verdict refuse(Exchange& exchange, int status, std::string_view reason, std::string_view detail) {
    set_error(exchange, status, reason, detail);
    return Verdict::reply;
}

Verdict refuse_method(Exchange& exchange, std::string allowed) {
    set_error(exchange, 405, "method_not_allowed", "This resource does not answer that method.");
    exchange.reply.fields.emplace_back("allow", std::move(allowed));
    return Verdict::reply;
}

// Our own pseudonym in Via: the request has been here before (RFC 9110 section 7.6.3).
bool is_loop(const http::RequestHead& request) {
    for (const http::Field& field : request.fields) {
        if (field.name != "via") continue;
        std::string_view list = field.value;
        for (std::size_t at = list.find(kViaPseudonym); at != std::string_view::npos;
             at = list.find(kViaPseudonym, at + 1)) {
            const std::size_t end = at + kViaPseudonym.size();
            const bool starts_word = at > 0 && list[at - 1] == ' ';
            const bool ends_word = end == list.size() || list[end] == ',' || list[end] == ' ';
            if (starts_word && ends_word) return true;
        }
    }
    return false;
}

// Requests to the gateway itself, not to anything behind it.
bool is_for_gateway(const http::RequestHead& request) {
    if (request.method != "OPTIONS") return false;
    if (request.path == "*") return true;
    const http::Field* hops = http::find_field(request.fields, "max-forwards");
    return hops != nullptr && hops->value.find_first_not_of('0') == std::string_view::npos;
}

Verdict answer_options(Exchange& exchange) {
    exchange.reply.clear();
    exchange.reply.status = 204;
    exchange.reply.fields.emplace_back("allow", kServedMethods);
    return Verdict::reply;
}

bool is_health_check(const http::RequestHead& request) {
    return request.path == "/healthz" && (request.method == "GET" || request.method == "HEAD");
}

Verdict answer_health(Exchange& exchange) {
    exchange.reply.clear();
    exchange.reply.status = 200;
    exchange.reply.body = R"({"status":"ok"})";
    exchange.reply.fields.emplace_back("content-type", "application/json");
    return Verdict::reply;
}

// By the route of the request that is to follow. False: it does not speak CORS, and OPTIONS is a method as any other.
bool answer_preflight(Exchange& exchange) {
    const http::RequestHead& request = exchange.request;
    const Snapshot& snapshot = *exchange.snapshot;
    const routing::Match match = snapshot.table->find(preflighted_method(request), request.authority, request.path);
    if (match.result != routing::MatchResult::found || !snapshot.plans[match.index].cors) return false;
    exchange.match = match;
    snapshot.plans[match.index].cors->answer_preflight(exchange);
    return true;
}

Verdict redirect(Exchange& exchange, const RoutePlan& plan) {
    std::string location = plan.redirect_prefix;
    if (plan.redirect_keeps_rest) {
        if (!exchange.match.rest.empty() || location.empty()) location.push_back('/');
        location.append(exchange.match.rest);
    }
    if (exchange.request.has_query) location.append("?").append(exchange.request.query);
    exchange.reply.clear();
    exchange.reply.status = plan.route->redirect->status;
    exchange.reply.fields.emplace_back("location", std::move(location));
    return Verdict::reply;
}

}  // namespace

std::uint64_t body_bytes_max(const Exchange& exchange) {
    const config::Route* route = exchange.match.route;
    if (route != nullptr && route->effective.max_body != 0) return route->effective.max_body;
    return exchange.snapshot->configuration.gateway.limits.body;
}

const RoutePlan& plan_of(const Exchange& exchange) { return exchange.snapshot->plans[exchange.match.index]; }

Task<bool> passes_still(const Snapshot& now, const Exchange& exchange) {
    const http::RequestHead& request = exchange.request;
    const routing::Match match = now.table->find(request.method, request.authority, request.path);
    if (match.result != routing::MatchResult::found) co_return false;
    for (const auto& filter : now.plans[match.index].filters) {
        const bool passes = co_await filter->passes_still(exchange);
        if (!passes) co_return false;
    }
    co_return true;
}

Verdict Run::start(Exchange& exchange) {
    plan_ = nullptr;
    next_ = 0;
    for (const auto& filter : exchange.snapshot->before_route) {
        if (filter->handle(exchange) == Verdict::reply) return Verdict::reply;
    }
    if (exchange.snapshot->is_backend) believe_gateway(exchange);
    set_trace_parent(exchange);
    const Verdict routed = route(exchange);
    return routed == Verdict::next ? advance(exchange) : routed;
}

Verdict Run::route(Exchange& exchange) {
    const http::RequestHead& request = exchange.request;
    if (request.method == "TRACE" || request.method == "CONNECT") {
        return refuse_method(exchange, std::string(kServedMethods));
    }
    if (is_for_gateway(request)) return answer_options(exchange);
    if (exchange.snapshot->is_backend && is_health_check(request)) return answer_health(exchange);
    if (!exchange.snapshot->is_backend && is_loop(request)) {
        return refuse(exchange, 508, "loop_detected", "The request has passed this gateway before.");
    }
    if (is_preflight(request) && answer_preflight(exchange)) return Verdict::reply;
    const routing::RouteTable& table = *exchange.snapshot->table;
    exchange.match = table.find(request.method, request.authority, request.path);
    switch (exchange.match.result) {
        case routing::MatchResult::found: break;
        case routing::MatchResult::no_route:
            return refuse(exchange, 404, "no_route", "Nothing is served at this path.");
        case routing::MatchResult::method_not_allowed:
            return refuse_method(exchange, table.allowed_methods(request.authority, request.path));
    }
    plan_ = &plan_of(exchange);
    if (plan_->cors) plan_->cors->let_read(exchange);
    const config::Route& route = *exchange.match.route;
    if (request.has_encoded_slash && !route.allow_encoded_slash) {
        return refuse(exchange, 400, "encoded_slash", "The path must not contain an encoded slash.");
    }
    if (route.effective.total_timeout.count() > 0)
        exchange.deadline = exchange.received + route.effective.total_timeout;
    if (request.framing == http::Framing::length && request.content_length > body_bytes_max(exchange)) {
        return refuse(exchange, 413, "body_too_large", "The body is larger than this resource accepts.");
    }
    if (plan_->service != nullptr) exchange.upstream = plan_->service->name;
    return Verdict::next;
}

// Goes through the route's filters until one answers or has to wait.
Verdict Run::advance(Exchange& exchange) {
    for (; next_ < plan_->filters.size(); ++next_) {
        const Verdict verdict = plan_->filters[next_]->handle(exchange);
        if (verdict != Verdict::next) return verdict;
    }
    return plan_->service == nullptr ? redirect(exchange, *plan_) : Verdict::next;
}

Task<Verdict> Run::resume(Exchange& exchange) {
    for (;;) {
        const Verdict waited = co_await plan_->filters[next_]->resume(exchange);
        if (waited != Verdict::next) co_return waited;
        ++next_;
        const Verdict verdict = advance(exchange);
        if (verdict != Verdict::pending) co_return verdict;
    }
}

}  // namespace gatehouse::pipeline
