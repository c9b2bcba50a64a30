// The smallest service that does something: greets by path and query, keeps what it is told, streams a countdown.
#pragma once

#include <gatehouse/service.hpp>

#include <mutex>
#include <string>
#include <vector>

namespace hello {

// What the configuration may say; also its JSON Schema.
struct Config {
    std::string greeting = "Hello";
};
constexpr auto describe(Config*) {
    using namespace gatehouse;
    return fields(field("greeting", &Config::greeting, optional_default, min_length(1), max_length(40)));
}

struct Style {
    bool shout = false;
};
constexpr auto describe(Style*) {
    using namespace gatehouse;
    return fields(field("shout", &Style::shout, optional_default, description("In capitals")));
}

struct Message {
    std::string text;
};
constexpr auto describe(Message*) {
    using namespace gatehouse;
    return fields(field("text", &Message::text, min_length(1), max_length(280)));
}

class Hello final : public gatehouse::Service {
public:
    using Config = hello::Config;
    static constexpr std::string_view description = "An example in C++";

    Hello(gatehouse::Context& context, const Config& config);

    Message greet(gatehouse::PathParam<std::string> name, const gatehouse::Query<Style>& style);
    gatehouse::Created<Message> add(const gatehouse::User& user, const Message& message);
    std::vector<Message> all();
    void count_down(gatehouse::StreamingRequest request);
    void echo(gatehouse::StreamingRequest request);

private:
    gatehouse::Context& context_;
    const Config config_;
    const gatehouse::Metric added_;
    std::mutex mutex_;  // handlers run on several workers
    std::vector<Message> messages_;
};

}  // namespace hello
