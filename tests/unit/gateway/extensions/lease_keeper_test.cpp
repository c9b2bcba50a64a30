#include "gateway/extensions/lease_keeper.hpp"

#include <gtest/gtest.h>

#include "gateway/extensions/memory_lease_store.hpp"

namespace gatehouse::extensions {
namespace {

using Change = LeaseKeeper::Change;
using Want = LeaseKeeper::Want;

// Notes what it is asked; the test answers when it likes.
class ScriptedStore final : public LeaseStore {
public:
    struct Asked {
        char what;  // a, r(enew), x (release)
        std::string owner;
        Done done;
    };
    void acquire(const LeaseName&, const std::string& owner, std::chrono::milliseconds, Done done) override {
        asked.push_back({'a', owner, std::move(done)});
    }
    void renew(const LeaseName&, const std::string& owner, std::chrono::milliseconds, Done done) override {
        asked.push_back({'r', owner, std::move(done)});
    }
    void release(const LeaseName&, const std::string& owner, Done done) override {
        asked.push_back({'x', owner, std::move(done)});
    }
    std::string seen() const {
        std::string text;
        for (const Asked& each : asked) text += each.what;
        return text;
    }
    Asked take() {
        Asked first = std::move(asked.front());
        asked.erase(asked.begin());
        return first;
    }
    std::vector<Asked> asked;
};

// One lease of 1000 ms: believed for 750, renewed after 333.
class LeaseKeeperTest : public ::testing::Test {
protected:
    LeaseKeeperTest() {
        add(1);
        keeper_.set_wanted(1, Want::yes);
        keeper_.step();
    }
    void add(std::uint64_t id) {
        keeper_.add(id, {"posts", "job"}, 1000ms, [this, id](Change change, std::uint64_t token, auto told) {
            history_ += std::to_string(id) +
                        (change == Change::gained ? "+" + std::to_string(token)
                         : change == Change::lost ? "-"
                                                  : "!") +
                        " ";
            told_ = std::move(told);
        });
    }
    void answer(LeaseStore::Verdict verdict, std::uint64_t token = 0) {
        store_.take().done({verdict, token});
        keeper_.step();
    }
    void gain(std::uint64_t token = 7) {
        ASSERT_EQ(store_.seen(), "a");
        answer(LeaseStore::Verdict::held, token);
    }
    void wait(Duration time) {
        now_ += time;
        keeper_.step();
    }

    TimePoint now_ = TimePoint(1h);
    ScriptedStore store_;
    LeaseKeeper keeper_{{.store = &store_, .now = [this] { return now_; }, .wake = [] {}}};
    std::string history_;
    std::function<void()> told_;
};

TEST_F(LeaseKeeperTest, GainsAndRenewsInTime) {
    gain();
    EXPECT_EQ(history_, "1+7 ");
    for (int i = 0; i < 10; ++i) {
        wait(330ms);
        EXPECT_EQ(store_.seen(), "");
        wait(10ms);
        ASSERT_EQ(store_.seen(), "r");
        answer(LeaseStore::Verdict::held, 7);
    }
    EXPECT_EQ(history_, "1+7 ");
}

TEST_F(LeaseKeeperTest, LosesBeforeTheTimeToLiveWhenNobodyAnswers) {
    gain();
    wait(340ms);
    ASSERT_EQ(store_.seen(), "r");
    wait(400ms);
    EXPECT_EQ(history_, "1+7 ");
    EXPECT_TRUE(keeper_.enter(1, nullptr));
    wait(10ms);
    EXPECT_EQ(history_, "1+7 1- ");
    EXPECT_FALSE(keeper_.enter(1, nullptr));
}

TEST_F(LeaseKeeperTest, RefusesToBeginWorkAfterTheTimeEvenBeforeItNoticed) {
    gain();
    now_ += 750ms;
    EXPECT_FALSE(keeper_.enter(1, nullptr));
}

TEST_F(LeaseKeeperTest, TriesAgainWhileThereIsTimeWhenARenewalGotNoAnswer) {
    gain();
    wait(340ms);
    answer(LeaseStore::Verdict::unknown);
    wait(110ms);
    ASSERT_EQ(store_.seen(), "r");
    answer(LeaseStore::Verdict::held, 7);
    wait(330ms);
    EXPECT_EQ(history_, "1+7 ");
}

TEST_F(LeaseKeeperTest, CountsTheTimeFromTheSendingOfARenewal) {
    gain();
    wait(340ms);
    now_ += 400ms;  // the answer is slow
    answer(LeaseStore::Verdict::held, 7);
    EXPECT_EQ(history_, "1+7 ");
    store_.asked.clear();
    wait(349ms);
    EXPECT_EQ(history_, "1+7 ");
    wait(1ms);
    EXPECT_EQ(history_, "1+7 1- ");
}

TEST_F(LeaseKeeperTest, LosesAtOnceWhenSomebodyElseHasIt) {
    gain();
    wait(340ms);
    answer(LeaseStore::Verdict::taken);
    EXPECT_EQ(history_, "1+7 1- ");
}

TEST_F(LeaseKeeperTest, UsesAnotherOwnerForTheNextTenure) {
    const std::string first = store_.asked.front().owner;
    gain();
    wait(340ms);
    answer(LeaseStore::Verdict::taken);
    store_.asked.clear();
    wait(400ms);
    ASSERT_EQ(store_.seen(), "a");
    EXPECT_NE(store_.asked.front().owner, first);
    answer(LeaseStore::Verdict::held, 9);
    EXPECT_EQ(history_, "1+7 1- 1+9 ");
}

TEST_F(LeaseKeeperTest, IgnoresAnAcquireThatWasAnsweredTooLate) {
    now_ += 800ms;
    answer(LeaseStore::Verdict::held, 7);
    EXPECT_EQ(history_, "");
    EXPECT_EQ(store_.seen(), "x");
}

TEST_F(LeaseKeeperTest, AsksAgainLaterWhenItIsTaken) {
    answer(LeaseStore::Verdict::taken);
    EXPECT_EQ(store_.seen(), "");
    wait(310ms);
    EXPECT_EQ(store_.seen(), "a");
}

TEST_F(LeaseKeeperTest, GivesItToOthersOnlyAfterTheHolderKnows) {
    gain();
    keeper_.set_wanted(1, Want::no);
    keeper_.step();
    EXPECT_EQ(history_, "1+7 1- ");
    EXPECT_EQ(store_.seen(), "");
    told_();
    keeper_.step();
    EXPECT_EQ(store_.seen(), "x");
    EXPECT_EQ(keeper_.releasing(), 1u);
    answer(LeaseStore::Verdict::taken);
    EXPECT_EQ(keeper_.releasing(), 0u);
}

TEST_F(LeaseKeeperTest, LetsWorkFinishBeforeItIsHandedOver) {
    gain();
    std::uint64_t token = 0;
    ASSERT_TRUE(keeper_.enter(1, &token));
    EXPECT_EQ(token, 7u);
    ASSERT_TRUE(keeper_.enter(1, nullptr));
    keeper_.set_wanted(1, Want::no);
    keeper_.step();
    EXPECT_FALSE(keeper_.enter(1, nullptr));
    keeper_.leave(1);
    keeper_.step();
    EXPECT_EQ(history_, "1+7 ");
    keeper_.leave(1);
    keeper_.step();
    EXPECT_EQ(history_, "1+7 1- ");
}

TEST_F(LeaseKeeperTest, TakesItAwayAtTheDrainDeadline) {
    gain();
    keeper_.enter(1, nullptr);
    keeper_.set_wanted(1, Want::no);
    keeper_.set_wanted(1, Want::not_even_to_finish);
    keeper_.step();
    EXPECT_EQ(history_, "1+7 1- ");
}

TEST_F(LeaseKeeperTest, ComesBackWhenItIsWantedAgain) {
    gain();
    keeper_.set_wanted(1, Want::no);
    keeper_.step();
    told_();
    keeper_.step();
    answer(LeaseStore::Verdict::taken);
    keeper_.set_wanted(1, Want::yes);
    keeper_.step();
    ASSERT_EQ(store_.seen(), "a");
    answer(LeaseStore::Verdict::held, 8);
    EXPECT_EQ(history_, "1+7 1- 1+8 ");
}

TEST_F(LeaseKeeperTest, GivesBackWhatItNoLongerWantsWhenItComes) {
    keeper_.set_wanted(1, Want::no);
    keeper_.step();
    answer(LeaseStore::Verdict::held, 7);
    EXPECT_EQ(history_, "");
    EXPECT_EQ(store_.seen(), "x");
}

TEST_F(LeaseKeeperTest, ReleasingEndsItWithOneCallback) {
    gain();
    keeper_.enter(1, nullptr);
    keeper_.release(1);
    keeper_.release(1);
    keeper_.step();
    EXPECT_EQ(history_, "1+7 1! ");
    told_();
    keeper_.step();
    EXPECT_EQ(store_.seen(), "x");
    keeper_.release(1);
    keeper_.set_wanted(1, Want::yes);
    keeper_.step();
    EXPECT_EQ(history_, "1+7 1! ");
}

TEST_F(LeaseKeeperTest, ReleasingWhileItWaitsEndsItAndGivesALateGainBack) {
    keeper_.release(1);
    keeper_.step();
    EXPECT_EQ(history_, "1! ");
    answer(LeaseStore::Verdict::held, 7);
    EXPECT_EQ(store_.seen(), "x");
    EXPECT_EQ(history_, "1! ");
}

TEST_F(LeaseKeeperTest, TellsWhatEndsAGenerationBeforeItReturns) {
    gain();
    keeper_.enter(1, nullptr);
    keeper_.set_wanted(1, Want::no);
    EXPECT_EQ(history_, "1+7 ");
    keeper_.leave(1);
    EXPECT_EQ(history_, "1+7 1- ");
    keeper_.release(1);
    EXPECT_EQ(history_, "1+7 1- 1! ");
}

TEST_F(LeaseKeeperTest, GainsNothingOnceItIsNotWanted) {
    const auto asked = store_.take();
    keeper_.set_wanted(1, Want::no);
    asked.done({LeaseStore::Verdict::held, 7});
    keeper_.set_wanted(1, Want::yes);
    keeper_.step();
    EXPECT_EQ(history_, "");
    EXPECT_EQ(store_.seen(), "xa");
}

TEST_F(LeaseKeeperTest, ForgettingIsSilentAndGivesItBack) {
    gain();
    keeper_.forget(1);
    keeper_.step();
    EXPECT_EQ(history_, "1+7 ");
    EXPECT_EQ(store_.seen(), "x");
}

TEST_F(LeaseKeeperTest, TheNextInThisProcessNeedNotWaitForItsTurnToAsk) {
    gain();
    add(2);
    keeper_.set_wanted(2, Want::yes);
    keeper_.step();
    answer(LeaseStore::Verdict::taken);  // 2 asked and will ask again in a while
    keeper_.set_wanted(1, Want::no);
    keeper_.step();
    told_();
    keeper_.step();
    ASSERT_EQ(store_.seen(), "x");
    answer(LeaseStore::Verdict::taken);
    EXPECT_EQ(store_.seen(), "a");
}

TEST(MemoryLeaseStoreTest, GivesOneOwnerAtATimeGrowingTokens) {
    MemoryLeaseStore store;
    LeaseStore::Answer answer;
    const auto keep = [&](LeaseStore::Answer given) { answer = given; };
    const LeaseName name{"posts", "job"};
    store.acquire(name, "a", 1s, keep);
    const std::uint64_t first = answer.token;
    EXPECT_EQ(answer.verdict, LeaseStore::Verdict::held);
    store.acquire(name, "a", 1s, keep);
    EXPECT_EQ(answer.token, first);
    store.acquire(name, "b", 1s, keep);
    EXPECT_EQ(answer.verdict, LeaseStore::Verdict::taken);
    store.acquire({"users", "job"}, "b", 1s, keep);
    EXPECT_EQ(answer.verdict, LeaseStore::Verdict::held);
    store.release(name, "b", keep);
    store.renew(name, "a", 1s, keep);
    EXPECT_EQ(answer.verdict, LeaseStore::Verdict::held);
    store.release(name, "a", keep);
    store.renew(name, "a", 1s, keep);
    EXPECT_EQ(answer.verdict, LeaseStore::Verdict::taken);
    store.acquire(name, "b", 1s, keep);
    EXPECT_EQ(answer.verdict, LeaseStore::Verdict::held);
    EXPECT_GT(answer.token, first);
}

}  // namespace
}  // namespace gatehouse::extensions
