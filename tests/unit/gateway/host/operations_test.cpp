#include "gateway/host/operations.hpp"

#include <gtest/gtest.h>

#include "gateway/host/lent_bytes.hpp"
#include "tests/unit/gateway/host/test_host.hpp"

namespace gatehouse::host {
namespace {

class OperationsTest : public HostFixture {
protected:
    static void on_done(void* context, gh_status status, const gh_error*) {
        static_cast<std::promise<gh_status>*>(context)->set_value(status);
    }
    Operations operations_{loop_pointers_};
    std::promise<gh_status> outcome_;
};

TEST_F(OperationsTest, RunsAPostedFunctionOnItsLoop) {
    std::promise<IoLoop*> ran_on;
    operations_.post(
        *loops_[1], [](void* context) { static_cast<std::promise<IoLoop*>*>(context)->set_value(IoLoop::current()); },
        &ran_on);
    EXPECT_EQ(ran_on.get_future().get(), loops_[1].get());
    while (operations_.count() != 0) std::this_thread::yield();
}

TEST_F(OperationsTest, FiresATimerOnce) {
    gh_op operation{};
    EXPECT_EQ(operations_.sleep(*loops_[0], 1'000'000, &on_done, &outcome_, &operation), GH_PENDING);
    EXPECT_EQ(outcome_.get_future().get(), GH_OK);
    operations_.cancel(operation);  // stale by now: ignored
    while (operations_.count() != 0) std::this_thread::yield();
}

TEST_F(OperationsTest, CountsWhatWasLentUntilItIsReleased) {
    gh_bytes first = lend(operations_, "one"), second = lend(operations_, "two");
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(second.ptr), second.len), "two");
    EXPECT_EQ(operations_.lent_bytes(), 2u);
    EXPECT_EQ(operations_.count(), 2u);
    first.release(first.owner);
    EXPECT_EQ(operations_.lent_bytes(), 1u);
    std::thread([&] { second.release(second.owner); }).join();
    EXPECT_EQ(operations_.lent_bytes(), 0u);
    EXPECT_EQ(operations_.count(), 0u);
}

TEST_F(OperationsTest, CancelsATimer) {
    gh_op operation{};
    operations_.sleep(*loops_[0], 3'600'000'000'000, &on_done, &outcome_, &operation);
    operations_.cancel(operation);
    operations_.cancel(operation);
    EXPECT_EQ(outcome_.get_future().get(), GH_E_CANCELED);
    while (operations_.count() != 0) std::this_thread::yield();
}

TEST_F(OperationsTest, CancelsAllAndWhateverComesAfter) {
    operations_.sleep(*loops_[0], 3'600'000'000'000, &on_done, &outcome_, nullptr);
    operations_.cancel_all();
    EXPECT_EQ(outcome_.get_future().get(), GH_E_CANCELED);
    std::promise<gh_status> late;
    operations_.sleep(*loops_[1], 3'600'000'000'000, &on_done, &late, nullptr);
    EXPECT_EQ(late.get_future().get(), GH_E_CANCELED);
    while (operations_.count() != 0) std::this_thread::yield();
}

TEST_F(OperationsTest, CountsHoldsAndNamesThem) {
    gh_op hold{};
    operations_.hold("upload", &hold);
    EXPECT_EQ(operations_.count(), 1u);
    ASSERT_EQ(operations_.holds().size(), 1u);
    EXPECT_EQ(operations_.holds().front().why, "upload");
    operations_.unhold(hold);
    operations_.unhold(hold);
    EXPECT_EQ(operations_.count(), 0u);
}

TEST_F(OperationsTest, RefusesNonsense) {
    EXPECT_EQ(operations_.post(*loops_[0], nullptr, nullptr), GH_E_INVALID);
    EXPECT_EQ(operations_.sleep(*loops_[0], UINT64_MAX, &on_done, nullptr, nullptr), GH_E_INVALID);
    operations_.cancel({UINT64_MAX});
    operations_.unhold({12345});
    EXPECT_EQ(operations_.count(), 0u);
}

}  // namespace
}  // namespace gatehouse::host
