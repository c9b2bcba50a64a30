#include "gateway/host/completion.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace gatehouse::host {
namespace {

using namespace std::chrono_literals;

struct Callback {
    gh_done done = nullptr;
    void* context = nullptr;

    gh_status keep(gh_done given, void* given_context) {
        done = given;
        context = given_context;
        return GH_PENDING;
    }
    void answer(gh_status status) const { done(context, status, nullptr); }
};

TEST(CompletionTest, TellsWhatWasAnsweredAtOnce) {
    EXPECT_EQ(Completion::wait(1s, "start", [](gh_done, void*) { return GH_OK; }), "");
    EXPECT_NE(Completion::wait(1s, "start", [](gh_done, void*) { return GH_E_INVALID; }), "");
}

TEST(CompletionTest, TellsWhatAnotherThreadAnswers) {
    std::thread thread;
    const auto say = [&](gh_status status) {
        return [&thread, status](gh_done done, void* context) {
            thread = std::thread([=] { done(context, status, nullptr); });
            return GH_PENDING;
        };
    };
    EXPECT_EQ(Completion::wait(10s, "start", say(GH_OK)), "");
    thread.join();
    EXPECT_NE(Completion::wait(10s, "start", say(GH_E_INVALID)).find("start failed"), std::string::npos);
    thread.join();
}

TEST(CompletionTest, AnAnswerThatComesTooLateHurtsNobody) {
    Callback callback;
    const auto keep = [&](gh_done done, void* context) { return callback.keep(done, context); };
    EXPECT_EQ(Completion::wait(0s, "start", keep), "start did not finish in time");
    callback.answer(GH_OK);
}

TEST(CompletionTest, ASecondAnswerIsIgnored) {
    Callback callback;
    const auto answer_twice = [&](gh_done done, void* context) {
        callback.keep(done, context);
        callback.answer(GH_OK);
        callback.answer(GH_E_INVALID);
        return GH_PENDING;
    };
    EXPECT_EQ(Completion::wait(1s, "start", answer_twice), "");
    callback.answer(GH_E_INVALID);
}

}  // namespace
}  // namespace gatehouse::host
