// What the filters and the signed assertions cost per request, on this machine.
#include <chrono>
#include <cstdio>

#include "gateway/upstream/assertion.hpp"
#include "tests/unit/gateway/pipeline/filters/filter_chain.hpp"

namespace {

constexpr int kRounds = 200'000;

// Prints the best of ten: other processes share the machine.
template <class Work>
void measure(const char* what, Work work) {
    double best = 1e9;
    for (int run = 0; run < 10; ++run) {
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < kRounds / 10; ++i) work();
        const std::chrono::duration<double, std::micro> taken = std::chrono::steady_clock::now() - start;
        best = std::min(best, taken.count() / (kRounds / 10));
    }
    std::printf("%-32s %6.3f us\n", what, best);
}

}  // namespace

int main() {
    using namespace gatehouse;
    IoLoop loop(0);
    pipeline::FilterChain chain(loop);
    pipeline::Exchange exchange;
    loop.post([&] {
        measure("all filters, verifier on loop", [&] { chain.run(exchange); });
        loop.stop();
    });
    loop.run();

    const std::vector<std::string> keys = {std::string(32, 'k')};
    const auto signer = upstream::AssertionSigner::create(keys[0]);
    const auto verifier = upstream::AssertionVerifier::create(keys);
    const upstream::AssertedRequest request{"posts", "GET", "/api/posts/7", "page=2", true};
    const std::vector<std::string> roles = {"author"};
    std::string text;
    measure("assertion: sign", [&] {
        text.clear();
        (void)(*signer)->sign(request, {"u-1", "Ada", "s-1", "", roles}, 1000, text);
    });
    upstream::VerifiedIdentity identity;
    measure("assertion: sign and verify", [&] {
        text.clear();
        (void)(*signer)->sign(request, {"u-1", "Ada", "s-1", "", roles}, 1000, text);
        if ((*verifier)->verify(text, request, 1000, identity) != upstream::AssertionFailure::none) std::abort();
    });
    return 0;
}
