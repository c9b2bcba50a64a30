// A service whose handlers are coroutines: one asks another service, one sleeps, one streams events.
#pragma once

#include <gatehouse/service.hpp>
#include <gatehouse/sse.hpp>

#include <cstdint>
#include <string>

namespace hello_coro {

struct Config {
    std::string peer = "hello";  // the service that greets
};
constexpr auto describe(Config*) {
    using namespace gatehouse;
    return fields(field("peer", &Config::peer, optional_default, min_length(1)));
}

struct Message {
    std::string text;
};
constexpr auto describe(Message*) {
    using namespace gatehouse;
    return fields(field("text", &Message::text));
}

class HelloCoro final : public gatehouse::Service {
public:
    using Config = hello_coro::Config;
    static constexpr std::string_view description = "Coroutines: another service, a timer, a worker, events.";
    static constexpr const char* needs[] = {GH_EXT_HTTP_CLIENT, nullptr};

    HelloCoro(gatehouse::Context& context, const Config& config);

    // Passes the other service's greeting on; 503 by itself when nobody answers.
    gatehouse::task<Message> greet(const gatehouse::Request& request, gatehouse::PathParam<std::string> name);
    // Answers after half a second, with a number that a worker has computed.
    gatehouse::task<Message> later(gatehouse::PathParam<std::int64_t> number);
    // Counts down, a second per event.
    gatehouse::task<> count_down(gatehouse::StreamingRequest request, gatehouse::PathParam<std::int64_t> from);
    // Everybody who follows gets what anybody says.
    void follow(gatehouse::StreamingRequest request);
    void say(const Message& message);

private:
    gatehouse::Context& context_;
    const Config config_;
    gatehouse::EventStreams events_;
};

}  // namespace hello_coro
