#pragma once

#include <cstdlib>
#include <memory>

#include "gateway/base/io_loop.hpp"
#include "gateway/observe/access_log.hpp"
#include "gateway/pipeline/filters/assertion_auth.hpp"
#include "gateway/pipeline/filters/completion.hpp"
#include "gateway/pipeline/filters/standard_filters.hpp"
#include "gateway/pipeline/snapshot.hpp"
#include "tests/unit/gateway/pipeline/filters/verifier_plugin.hpp"

namespace gatehouse::pipeline {

// Every filter of a member's request with a verifier plugin on the loop, as a snapshot would hold them.
class FilterChain {
public:
    explicit FilterChain(IoLoop& loop)
        : loop_(loop), plugin_(loop), log_({observe::Output::Target::file, "/dev/null", 64}, {&loop}) {
        config::Configuration configuration;
        configuration.gateway.identity_headers = {"X-User-ID", "X-User-Name", "X-User-Roles", "X-Session-ID"};
        config::Authenticator session;
        session.name = "session";
        session.forward.to = "auth";
        session.forward.path = "/on-loop";
        session.send = {"authorization", "cookie"};
        session.take = configuration.gateway.identity_headers;
        configuration.authenticators["session"] = session;
        config::Route route;
        route.name = "posts";
        route.path = "/api/posts/**";
        route.effective.authenticator = "session";
        route.effective.require_roles = {"author"};
        route.effective.rates.push_back(
            {1'000'000'000, std::chrono::seconds(60), 0, config::RateLimit::By::ip, "public"});
        route.effective.rates.push_back(
            {1'000'000'000, std::chrono::seconds(60), 0, config::RateLimit::By::user, "member"});
        snapshot_.number = 1;
        snapshot_.table = std::make_unique<routing::RouteTable>(std::vector<config::Route>{route});
        Service& auth = snapshot_.services.by_name["auth"];
        auth.name = "auth";
        auth.generation = plugin_.generation();
        before_ = factory_.before_route(configuration);
        filters_ = factory_.for_route(configuration, snapshot_.table->routes()[0], snapshot_.services);
    }
    ~FilterChain() { log_.stop(); }

    // One request from its parsed head to its log line. Aborts when a filter refuses.
    void run(Exchange& exchange) {
        exchange.reset();
        exchange.loop = &loop_;
        exchange.snapshot = &snapshot_;
        exchange.received = Clock::now();
        exchange.request.method = "GET";
        exchange.request.path = "/api/posts/7";
        exchange.request.authority = "shop.example.com";
        exchange.request.fields = fields_;
        exchange.client.address = "192.0.2.1";
        exchange.match.route = &snapshot_.table->routes()[0];
        for (const auto& filter : before_) require(filter->handle(exchange));
        for (const auto& filter : filters_) require(filter->handle(exchange));
        exchange.status = 200;
        completion_.on_complete(exchange);
    }

private:
    static void require(Verdict verdict) {
        if (verdict != Verdict::next) std::abort();
    }

    IoLoop& loop_;
    VerifierPlugin plugin_;
    observe::Metrics registry_{1};
    observe::GatewayMetrics metrics_{registry_};
    observe::AccessLog log_;
    StandardFilters factory_{{.loops = {&loop_},
                              .metrics = &metrics_,
                              .rate_limits = {},
                              .signer = nullptr,
                              .assertions = nullptr,
                              .served_as = ""}};
    Completion completion_{1, metrics_, &log_};
    Snapshot snapshot_;
    Filters before_, filters_;
    const std::vector<http::Field> fields_ = {{"user-agent", "curl/8.5.0"},
                                              {"accept", "application/json"},
                                              {"accept-encoding", "gzip, br"},
                                              {"authorization", "Bearer good"},
                                              {"cookie", "theme=dark; session=0123456789abcdef0123456789abcdef"},
                                              {"x-user-id", "forged"},
                                              {"referer", "https://shop.example.com/"},
                                              {"accept-language", "en"}};
};

}  // namespace gatehouse::pipeline
