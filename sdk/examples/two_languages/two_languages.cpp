// A service in C++ that asks services written in other languages, by name. Where they live is routes.yaml's business:
// in this process the handler of the other library runs on this thread, elsewhere it is an HTTP request.
#include <gatehouse/service.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace two_languages {

using namespace gatehouse;

struct Config {
    std::vector<std::string> peers;
};
constexpr auto describe(Config*) {
    return fields(field("peers", &Config::peers, min_items(1), max_items(20), description("Services with GET /hello")));
}

struct Greeting {
    std::string from, text;
};
constexpr auto describe(Greeting*) { return fields(field("from", &Greeting::from), field("text", &Greeting::text)); }

struct PrimeCount {
    std::int64_t below = 0, primes = 0;
};
constexpr auto describe(PrimeCount*) {
    return fields(field("below", &PrimeCount::below), field("primes", &PrimeCount::primes));
}

class TwoLanguages final : public Service {
public:
    using Config = two_languages::Config;
    static constexpr std::string_view description = "C++ that calls C and Rust";
    static constexpr const char* needs[] = {GH_EXT_CALL, nullptr};

    TwoLanguages(Context& context, const Config& config) : context_(context), config_(config) {
        context.get("/greetings", &TwoLanguages::greetings).summary("What every peer says");
        context.get("/greetings/{peer}", &TwoLanguages::greeting).summary("What one peer says");
        context.get("/primes/{below:int}", &TwoLanguages::primes).summary("Counted in Rust, checked in C++");
    }

    std::vector<Greeting> greetings(const Request& request) {
        std::vector<Greeting> all;
        for (const std::string& peer : config_.peers) all.push_back(ask(request, peer));
        return all;
    }

    Greeting greeting(const Request& request, PathParam<std::string> peer) {
        if (std::find(config_.peers.begin(), config_.peers.end(), *peer) == config_.peers.end()) {
            throw NotFound("There is no such peer.");
        }
        return ask(request, *peer);
    }

    // A described struct comes in from another language like any other JSON: parsed, checked, refused with a reason.
    PrimeCount primes(const Request& request, PathParam<std::int64_t> below) {
        const auto answer =
            context_.call("hello_rust", CallRequest::get("/primes/" + std::to_string(*below)).on_behalf_of(request));
        if (answer.status == 422) throw Invalid::parameter("below", "is more than hello_rust counts to");
        return answer.json<PrimeCount>();
    }

private:
    // Who asks, the deadline and the trace travel along. No answer throws CallFailed: 503 to the client.
    Greeting ask(const Request& request, const std::string& peer) {
        auto answer = context_.call(peer, CallRequest::get("/hello").on_behalf_of(request));
        answer.require_ok();
        while (answer.body.ends_with('\n')) answer.body.pop_back();
        return {peer, answer.body};
    }

    Context& context_;
    const Config config_;
};

}  // namespace two_languages

GATEHOUSE_PLUGIN(two_languages::TwoLanguages, "two_languages", "1.0.0");
