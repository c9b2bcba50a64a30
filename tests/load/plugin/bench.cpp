// Two routes that do the same, on the event loop and on a worker, for the benchmark and nothing else.
#include <gatehouse/service.hpp>

namespace {

struct Greeting {
    std::int64_t user = 0;
    std::string message;
};

constexpr auto describe(Greeting*) {
    return gatehouse::fields(gatehouse::field("user", &Greeting::user),
                             gatehouse::field("message", &Greeting::message));
}

Greeting greet(const gatehouse::Request& request) { return {request.user().id, "hello"}; }

class Bench final : public gatehouse::Service {
public:
    explicit Bench(gatehouse::Context& context) {
        context.get("/bench/loop", [](const gatehouse::Request& request) { return greet(request); })
            .requires_user()
            .on_loop();
        context.get("/bench/worker", [](const gatehouse::Request& request) { return greet(request); }).requires_user();
    }
};

}  // namespace

GATEHOUSE_PLUGIN(Bench, "bench", "1.0.0");
