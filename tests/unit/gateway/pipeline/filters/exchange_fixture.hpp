#pragma once

#include <gtest/gtest.h>

#include <initializer_list>

#include "gateway/base/io_loop.hpp"
#include "gateway/observe/gateway_metrics.hpp"
#include "gateway/pipeline/exchange.hpp"

namespace gatehouse::pipeline {

// An exchange as the session would have it, on a loop that the test runs by hand.
class ExchangeTest : public testing::Test {
protected:
    ExchangeTest() { prepare(exchange_); }

    void prepare(Exchange& exchange) {
        exchange.loop = &loop_;
        exchange.received = Clock::now();
        exchange.request_id = "r-1";
        exchange.request.method = "GET";
        exchange.request.path = "/api/posts/7";
        exchange.request.authority = "example.com";
        exchange.client.address = "192.0.2.1";
        exchange.client.octets = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};
    }
    void send(std::initializer_list<http::Field> fields) { exchange_.request.fields = fields; }
    bool has_field(std::string_view name) const { return http::find_field(exchange_.request.fields, name) != nullptr; }

    // Runs work() on the loop's thread, as current loop, until nothing is left to do at once.
    template <class Work>
    void on_loop(Work work) {
        loop_.post([this, work] {
            work();
            loop_.stop();
        });
        loop_.run();
        loop_.context().restart();
    }
    // Goes on running the loop, timers included, until done() holds. False after ten seconds.
    template <class Done>
    bool run_until(Done done) {
        bool held = false;
        const auto limit = Clock::now() + 10s;
        while (!held && Clock::now() < limit) {
            on_loop([&] { held = done(); });
        }
        return held;
    }

    IoLoop loop_{0};
    observe::Metrics registry_{1};
    observe::GatewayMetrics metrics_{registry_};
    Exchange exchange_;
};

}  // namespace gatehouse::pipeline
