#include "hello_coro.hpp"

namespace hello_coro {

using namespace gatehouse;
using namespace std::chrono_literals;

HelloCoro::HelloCoro(Context& context, const Config& config) : context_(context), config_(config), events_(context) {
    context.get("/greet/{name}", &HelloCoro::greet).on_loop().summary("Greets through another service");
    context.get("/later/{number:int}", &HelloCoro::later).on_loop().summary("Answers after half a second");
    context.get("/countdown/{from:int}", &HelloCoro::count_down).on_loop().summary("Counts down in events");
    context.get("/follow", &HelloCoro::follow).on_loop().summary("Streams what is said");
    context.post("/say", &HelloCoro::say).summary("Says something to all who follow");
}

task<Message> HelloCoro::greet(const Request& request, PathParam<std::string> name) {
    Span span = context_.span("greet", request, SpanKind::client);
    const CallResponse answer = co_await context_.http().fetch(
        config_.peer,
        HttpRequest::get("/hello/" + percent_encode(*name)).on_behalf_of(request).traced_by(span).retries(1));
    co_return answer.json<Message>();
}

task<Message> HelloCoro::later(PathParam<std::int64_t> number) {
    co_await sleep_for(500ms);
    const std::int64_t n = *number % 100'000;
    const auto sum = [n] {  // what takes long runs on a worker
        std::int64_t total = 0;
        for (std::int64_t i = 1; i <= n; ++i) total += i;
        return total;
    };
    const std::int64_t total = co_await offload(sum);
    co_return Message{"the sum is " + std::to_string(total)};
}

task<> HelloCoro::count_down(StreamingRequest request, PathParam<std::int64_t> from) {
    EventStream stream = events_.open(std::move(request));
    for (std::int64_t left = *from; left > 0; --left) {
        co_await stream.send(ServerEvent(std::to_string(left)).type("tick").id(std::to_string(left)));
        co_await sleep_for(1s);
    }
}

void HelloCoro::follow(StreamingRequest request) { events_.add(std::move(request)); }

void HelloCoro::say(const Message& message) { events_.publish(ServerEvent(to_json(message)).type("said")); }

}  // namespace hello_coro
