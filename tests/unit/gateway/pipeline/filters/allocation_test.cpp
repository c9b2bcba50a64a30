#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "tests/unit/gateway/pipeline/filters/filter_chain.hpp"

// Counts what this program allocates; a sanitizer brings its own operators.
namespace {
std::atomic<bool> counting{false};
std::atomic<int> allocations{0};
}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
void* operator new(std::size_t size) {
    if (counting.load(std::memory_order_relaxed)) allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace gatehouse::pipeline {
namespace {

TEST(FilterChain, AllocatesNothingInSteadyState) {
    IoLoop loop(0);
    FilterChain chain(loop);
    Exchange exchange;
    loop.post([&] {
        for (int i = 0; i < 10; ++i) chain.run(exchange);
        counting = true;
        for (int i = 0; i < 50; ++i) chain.run(exchange);
        counting = false;
        loop.stop();
    });
    loop.run();
    EXPECT_EQ(exchange.identity.id, "u-1");
    EXPECT_EQ(allocations, 0);
}

}  // namespace
}  // namespace gatehouse::pipeline
