// What the real host does with plugins that hang, leave something behind or cannot be loaded: the stated reason or the
// stated end, and a host that goes on working.
#include <gtest/gtest.h>
#include <sys/statvfs.h>

#include "tests/conformance/fixtures/echo_carrier.hpp"

namespace gatehouse::host {
namespace {

class ZooHostTest : public HostFixture {
protected:
    // Empty, or why it was refused.
    std::string refusal(const std::string& name) {
        auto loaded = host_->load({name, fixture(name)});  // a slot of its own
        if (!loaded) return loaded.error().message;
        const auto started = host_->start(*loaded);
        return started ? std::string() : started.error().message;
    }

    void expect_that_the_host_works() {
        const auto good = start("lives_well", "hangs_in_create");
        ASSERT_NE(good, nullptr);
        TestCarrier carrier(*loops_[1], good, "GET", "/inline");
        EXPECT_EQ(carrier.send().get().body, "inline");
    }
};

TEST_F(ZooHostTest, RefusesWithAReasonAndGoesOn) {
    // health() would hang a loop of this very process: abi_test_test.py has that one.
    const std::pair<const char*, const char*> cases[] = {
        {"never_starts", "start did not finish in time"},
        {"hangs_in_start", "start hangs"},
        {"hangs_in_create", "create hangs"},
        {"missing_library", "libgatehouse_zoo_absent.so"},
        {"second_allocator", "brings a second allocator"},
        {"later_glibc", "it needs GLIBC_9.99"},
    };
    for (const auto& [name, reason] : cases) {
        const std::string why = refusal(name);
        EXPECT_NE(why.find(reason), std::string::npos) << name << ": " << why;
    }
}

TEST_F(ZooHostTest, GivesTheSlotToTheNextOneAfterAHang) {
    EXPECT_NE(refusal("hangs_in_create"), "");
    expect_that_the_host_works();
}

struct Ending {
    const char* plugin;
    State state;
};
void PrintTo(const Ending& ending, std::ostream* out) { *out << ending.plugin; }

class ZooEndTest : public ZooHostTest, public ::testing::WithParamInterface<Ending> {};

TEST_P(ZooEndTest, EndsAsStated) {
    const auto generation = start(GetParam().plugin, "zoo");
    ASSERT_NE(generation, nullptr);
    TestCarrier carrier(*loops_[1], generation, "GET", "/inline");
    EXPECT_EQ(carrier.send().get().body, "inline");
    host_->stop_all(Clock::now());
    EXPECT_EQ(generation->state(), GetParam().state);
}

INSTANTIATE_TEST_SUITE_P(
    Zoo, ZooEndTest,
    ::testing::Values(Ending{"lives_well", State::unmapped}, Ending{"registers_atexit", State::unmapped},
                      Ending{"hangs_in_drain", State::pinned}, Ending{"hangs_in_stop", State::pinned},
                      Ending{"hangs_in_destroy", State::pinned}, Ending{"leaves_timer", State::pinned},
                      Ending{"leaves_hold", State::pinned}, Ending{"unload", State::pinned}),
    [](const auto& test) { return std::string(test.param.plugin); });

TEST_F(ZooHostTest, RefusesAPluginThatIsCutShort) {
    const std::filesystem::path cut = directory_.string() + "-cut.so";
    std::filesystem::copy_file(fixture("lives_well"), cut, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(cut, std::filesystem::file_size(cut) / 2);
    const auto loaded = host_->load({"zoo", cut});
    std::filesystem::remove(cut);
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.error().message.find("cut short"), std::string::npos) << loaded.error().message;
}

TEST_F(ZooHostTest, SaysThatItCannotLoadFromWhereNothingMayBeExecuted) {
    const std::filesystem::path shared_memory = "/dev/shm";
    struct statvfs mounted {};
    if (::statvfs(shared_memory.c_str(), &mounted) != 0 || (mounted.f_flag & ST_NOEXEC) == 0) {
        GTEST_SKIP() << shared_memory << " is not mounted noexec here";
    }
    directory_ = shared_memory / ("gatehouse-zoo-" + std::to_string(::getpid()));
    make_host(nullptr);
    const auto loaded = host_->load({"zoo", fixture("lives_well")});
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.error().message.find("cannot be loaded"), std::string::npos) << loaded.error().message;
    host_.reset();
    std::filesystem::remove_all(directory_);
}

}  // namespace
}  // namespace gatehouse::host
