// Rules about requests.
#include "gateway/abi_test/inputs.hpp"
#include "gateway/abi_test/rules.hpp"

namespace gatehouse::abi_test {

namespace {

constexpr int kFaultsMax = 64;        // per route
constexpr int kTrafficPerRoute = 30;  // hostile requests for rules that are not about hostile input

// Requests to each route in which the n-th event goes wrong, for every n that an undisturbed one has.
void for_each_fault(Bench& bench, Instance& instance, int Manner::*fault, int (Instance::*count)() const,
                    const std::string& what) {
    for (const Route& route : instance.routes()) {
        instance.manner().*fault = 0;
        instance.reset_counts();
        bench.request(instance, route, ordinary_input(route));
        const int events = std::min((instance.*count)(), kFaultsMax);
        for (int n = 1; n <= events; ++n) {
            instance.manner().*fault = n;
            instance.reset_counts();
            bench.request(instance, route, ordinary_input(route), " when its " + what + " number " + std::to_string(n));
            instance.forget_requests();
        }
    }
    instance.manner().*fault = 0;
}

void leave_at_once(Bench& bench, Instance& instance) {
    for (const Route& route : instance.routes()) {
        Input input = ordinary_input(route);
        input.is_cut = route.streams_in();
        Request& request = instance.send(route, input);
        request.leave();
        if (!instance.wait_for(request)) {
            bench.findings().give_up(rule::kClientGone, route.name() + " is not ended when its client leaves at once");
        }
    }
    instance.forget_requests();
}

}  // namespace

void check_answers(Bench& bench) {
    const auto instance = bench.started();
    if (instance->routes().empty()) bench.findings().skip("it has no routes");
    bench.exercise(*instance, 5);
    bench.burst(*instance, 128);
    instance->shut_down();
}

void check_hostile_input(Bench& bench) {
    const auto instance = bench.started();
    bench.flood(*instance, std::max(20, bench.iterations() / 10));
    instance->shut_down();
}

void check_traffic(Bench& bench) {
    const auto instance = bench.started();
    bench.exercise(*instance, 3);
    bench.burst(*instance, 64);
    bench.flood(*instance, kTrafficPerRoute);
    instance->shut_down();
}

void check_cancel_await(Bench& bench) {
    const auto instance = bench.started();
    for_each_fault(bench, *instance, &Manner::cancel_await, &Instance::awaits, "wait is cancelled,");
    instance->manner().cancels_all_later = true;
    for_each_fault(bench, *instance, &Manner::cancel_await, &Instance::awaits,
                   "wait and all later ones are cancelled, from");
    instance->shut_down();
}

void check_client_gone(Bench& bench) {
    const auto instance = bench.started();
    leave_at_once(bench, *instance);
    for_each_fault(bench, *instance, &Manner::client_gone_after, &Instance::calls, "client leaves after call");
    instance->shut_down();
}

void check_refused_calls(Bench& bench) {
    const auto instance = bench.started();
    for_each_fault(bench, *instance, &Manner::refuse_call, &Instance::calls, "host refuses call");
    instance->shut_down();
}

void check_operations(Bench& bench) {
    Manner manner;
    manner.loses_cancels = true;
    for (int round = 0; round < 2; ++round) {
        const auto instance = bench.started(manner);
        bench.exercise(*instance, 2);
        leave_at_once(bench, *instance);
        bench.flood(*instance, kTrafficPerRoute);
        instance->shut_down();
        manner.loses_cancels = false;
    }
}

void check_views(Bench& bench) {
    Manner manner;
    manner.forbids_views = true;
    const auto instance = bench.started(manner);
    bench.exercise(*instance, 3);
    bench.burst(*instance, 64);
    leave_at_once(bench, *instance);
    bench.flood(*instance, kTrafficPerRoute);
    instance->shut_down();
}

void check_bodies(Bench& bench) {
    Manner manner;
    manner.keeps_bodies = true;
    const auto instance = bench.started(manner);
    for (int round = 0; round < 5; ++round) {
        for (const Route& route : instance->routes()) bench.request(*instance, route, ordinary_input(route));
    }
    instance->shut_down();
}

void check_bytes(Bench& bench) {
    const auto instance = bench.started();
    bool has_any = false;
    for (const Route& route : instance->routes()) {
        if (!route.streams_in()) continue;
        has_any = true;
        for (int n = 0; n < 12; ++n) {
            Input input = ordinary_input(route);
            input.chunk_bytes = 500;
            instance->reset_counts();
            instance->manner().cancel_await = n / 3;
            instance->manner().refuse_call = n % 3 == 1 ? n : 0;
            instance->manner().client_gone_after = n % 3 == 2 ? n : 0;
            bench.request(*instance, route, input);
        }
    }
    instance->manner().cancel_await = instance->manner().refuse_call = instance->manner().client_gone_after = 0;
    if (!has_any) bench.findings().skip("no route streams a body in");
    leave_at_once(bench, *instance);
    instance->shut_down();
}

}  // namespace gatehouse::abi_test
