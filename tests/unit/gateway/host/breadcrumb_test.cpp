#include "gateway/host/breadcrumb.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

namespace gatehouse::host {
namespace {

// A breadcrumb never looks at what it points to.
const Generation* generation(std::uintptr_t number) { return reinterpret_cast<const Generation*>(number * 64); }
gh_str text(std::string_view value) { return {value.data(), value.size()}; }

TEST(BreadcrumbTest, ShowsTheCallsThatHaveNotReturned) {
    PluginRoute route;
    Trail::Seen seen;
    const Breadcrumb outer(route, text("request-1"), Activity::handler);
    {
        const Breadcrumb inner(generation(2), Activity::timer);
        ASSERT_EQ(Trail::here().depth(), 2u);
        ASSERT_TRUE(Trail::here().read(1, seen));
        EXPECT_EQ(seen.generation, generation(2));
        EXPECT_EQ(seen.activity, Activity::timer);
        EXPECT_EQ(seen.route, nullptr);
        EXPECT_EQ(seen.id(), "");
    }
    EXPECT_FALSE(Trail::here().read(1, seen));
    ASSERT_TRUE(Trail::here().read(0, seen));
    EXPECT_EQ(seen.route, &route);
    EXPECT_EQ(seen.activity, Activity::handler);
    EXPECT_EQ(seen.id(), "request-1");
}

TEST(BreadcrumbTest, KeepsWhatFitsOfARequestsId) {
    PluginRoute route;
    const std::string long_id(200, 'x');
    for (std::size_t length = 0; length <= long_id.size(); length += 1 + length / 8) {
        const std::string id = long_id.substr(0, length);
        const Breadcrumb here(route, text(id), Activity::handler);
        Trail::Seen seen;
        ASSERT_TRUE(Trail::here().read(0, seen));
        EXPECT_EQ(seen.id(), id.substr(0, Trail::kRequestIdMax));
    }
}

TEST(BreadcrumbTest, CountsCallsTooDeepToDescribe) {
    std::vector<std::unique_ptr<Breadcrumb>> crumbs;
    for (std::size_t i = 0; i < Trail::kDepthMax + 3; ++i) {
        crumbs.push_back(std::make_unique<Breadcrumb>(generation(i + 1), Activity::post));
    }
    Trail::Seen seen;
    EXPECT_EQ(Trail::here().depth(), Trail::kDepthMax + 3);
    EXPECT_TRUE(Trail::here().read(Trail::kDepthMax - 1, seen));
    EXPECT_FALSE(Trail::here().read(Trail::kDepthMax, seen));
    while (!crumbs.empty()) crumbs.pop_back();
    EXPECT_EQ(Trail::here().depth(), 0u);
}

TEST(BreadcrumbTest, NeverMixesTwoCallsForAReaderOnAnotherThread) {
    std::atomic<const Trail*> trail{nullptr};
    std::atomic<bool> enough{false};
    PluginRoute odd, even;
    std::thread writer([&] {
        trail.store(&Trail::here());
        for (std::uintptr_t i = 1; !enough.load(std::memory_order_relaxed); i = i % 1000 + 1) {
            const std::string id = (i % 2 != 0 ? "odd-" : "even-even-even-even-") + std::to_string(i);
            PluginRoute& route = i % 2 != 0 ? odd : even;
            route.owner = generation(i);
            const Breadcrumb here(route, text(id), Activity::handler);
            if (i % 16 == 0) std::this_thread::yield();  // where the two share a processor, there is something to see
        }
    });
    while (trail.load() == nullptr) std::this_thread::yield();
    std::set<std::uint64_t> serials;
    while (serials.size() < 1000) {
        Trail::Seen seen;
        if (!trail.load()->read(0, seen)) {
            std::this_thread::yield();
            continue;
        }
        serials.insert(seen.serial);
        const auto number = reinterpret_cast<std::uintptr_t>(seen.generation) / 64;
        const bool is_odd = number % 2 != 0;
        ASSERT_EQ(seen.route, is_odd ? &odd : &even);
        ASSERT_EQ(seen.id(), (is_odd ? "odd-" : "even-even-even-even-") + std::to_string(number));
    }
    enough = true;
    writer.join();
}

TEST(BreadcrumbTest, RecyclesTheTrailsOfThreadsThatEnded) {
    std::set<const Trail*> trails;
    for (int i = 0; i < 50; ++i) {
        std::thread([&] { trails.insert(&Trail::here()); }).join();
    }
    EXPECT_EQ(trails.size(), 1u);
}

}  // namespace
}  // namespace gatehouse::host
