#include "plugins/auth/rotation_turns.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace auth {
namespace {

TEST(RotationTurnsTest, WhoComesLaterHasNotLostARace) {
    RotationTurns turns;
    {
        auto turn = turns.take("token");
        EXPECT_FALSE(turn.lost());
        turn.won();
    }
    EXPECT_FALSE(turns.take("token").lost());
}

TEST(RotationTurnsTest, WhoWaitedForTheWinnerHasLost) {
    RotationTurns turns;
    std::atomic<int> lost = 0, won = 0, waiting = 0;
    std::vector<std::thread> threads;
    {
        auto winner = turns.take("token");
        EXPECT_FALSE(turns.take("another token").lost());
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                ++waiting;
                const auto turn = turns.take("token");
                ++(turn.lost() ? lost : won);
            });
        }
        while (waiting < 8) std::this_thread::yield();
        winner.won();
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(lost + won, 8);
}

TEST(RotationTurnsTest, WithoutAWinnerEverybodyGetsHisTurn) {
    RotationTurns turns;
    std::atomic<int> lost = 0;
    int unguarded = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 100; ++round) {
                const auto turn = turns.take("token");
                if (turn.lost()) ++lost;
                ++unguarded;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(lost, 0);
    EXPECT_EQ(unguarded, 800);
}

}  // namespace
}  // namespace auth
