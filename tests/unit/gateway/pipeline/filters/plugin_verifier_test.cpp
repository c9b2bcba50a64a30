#include "gateway/pipeline/filters/auth/plugin_verifier.hpp"

#include "tests/unit/gateway/pipeline/filters/exchange_fixture.hpp"
#include "tests/unit/gateway/pipeline/filters/verifier_plugin.hpp"

namespace gatehouse::pipeline {
namespace {

using Outcome = Decision::Outcome;

class PluginVerifierTest : public ExchangeTest {
protected:
    PluginVerifier& at(std::string path) {
        auto settings = std::make_shared<config::Authenticator>();
        settings->forward.path = std::move(path);
        settings->send = {"authorization"};
        settings->take = {"X-User-ID", "X-User-Name", "X-User-Roles", "X-Session-ID"};
        verifier_ = std::make_unique<PluginVerifier>(plugin_.generation(), settings, 1);
        return *verifier_;
    }
    void present(std::string_view credentials) { send({{"authorization", credentials}}); }
    Task<> verify(Duration limit) {
        co_await verifier_->verify(exchange_, Clock::now() + limit, decision_);
        verified_ = true;
    }
    Outcome ask_and_wait(Duration limit = 10s) {
        verified_ = false;
        on_loop([this, limit] { spawn(verify(limit)); });
        EXPECT_TRUE(run_until([this] { return verified_; }));
        return decision_.outcome;
    }
    Outcome ask_now() {
        on_loop([this] { EXPECT_TRUE(verifier_->verify_now(exchange_, Clock::now() + 10s, decision_)); });
        return decision_.outcome;
    }

    VerifierPlugin plugin_{loop_};
    std::unique_ptr<PluginVerifier> verifier_;
    Decision decision_;
    bool verified_ = false;
};

TEST_F(PluginVerifierTest, DecidesAtOnceOnTheLoop) {
    EXPECT_TRUE(at("/on-loop").is_immediate());
    present("Bearer good");
    EXPECT_EQ(ask_now(), Outcome::allowed);
    EXPECT_EQ(decision_.identity.id, "u-1");
    EXPECT_EQ(decision_.identity.roles, (std::vector<std::string>{"admin", "author"}));
    EXPECT_EQ(plugin_.generation()->in_flight(), 0u);
}

TEST_F(PluginVerifierTest, ReadsEveryKindOfAnswer) {
    struct Row {
        std::string_view credentials;
        Outcome outcome;
        int status;
        std::string_view body;
    };
    const Row rows[] = {
        {"Bearer bad", Outcome::denied, 401, "who are you?"},
        {"Bearer move", Outcome::denied, 302, ""},
        {"Bearer broken", Outcome::unavailable, 0, ""},
        {"Bearer forged", Outcome::unavailable, 0, ""},
        {"Bearer gone", Outcome::unavailable, 0, ""},
        {"Bearer stream", Outcome::denied, 403, "halfhalf"},
        {"Bearer good", Outcome::allowed, 0, ""},
    };
    for (const char* path : {"/on-loop", "/on-worker"}) {
        at(path);
        for (const Row& row : rows) {
            if (path == std::string_view("/on-worker") && row.credentials == "Bearer stream") continue;
            present(row.credentials);
            EXPECT_EQ(verifier_->is_immediate() ? ask_now() : ask_and_wait(), row.outcome) << row.credentials;
            EXPECT_EQ(decision_.status, row.status) << row.credentials;
            EXPECT_EQ(decision_.body, row.body) << row.credentials;
        }
    }
    EXPECT_EQ(plugin_.generation()->in_flight(), 0u);
}

TEST_F(PluginVerifierTest, WaitsForAWorker) {
    EXPECT_FALSE(at("/on-worker").is_immediate());
    present("Bearer good");
    for (int i = 0; i < 100; ++i) ASSERT_EQ(ask_and_wait(), Outcome::allowed);
    EXPECT_EQ(plugin_.generation()->in_flight(), 0u);
}

// The plugin ends the abandoned request long after the snapshot's verifier is gone.
TEST_F(PluginVerifierTest, GivesUpAtTheDeadlineAndOutlivesALateAnswer) {
    at("/later");
    present("Bearer slow");
    EXPECT_EQ(ask_and_wait(30ms), Outcome::unavailable);
    EXPECT_EQ(plugin_.generation()->in_flight(), 1u);
    at("/later");
    present("Bearer flush");
    EXPECT_EQ(ask_now(), Outcome::allowed);
    EXPECT_TRUE(run_until([this] { return plugin_.generation()->in_flight() == 0; }));
}

TEST_F(PluginVerifierTest, GoesOnWithACallThatDidNotEndAtOnce) {
    at("/later");
    present("Bearer slow");
    on_loop([this] {
        EXPECT_FALSE(verifier_->verify_now(exchange_, Clock::now() + 10s, decision_));
        spawn(verify(10s));
        Exchange other;
        prepare(other);
        other.request.fields = {{"authorization", "Bearer flush"}};
        Decision second;
        EXPECT_TRUE(verifier_->verify_now(other, Clock::now() + 10s, second));
    });
    EXPECT_TRUE(run_until([this] { return verified_; }));
    EXPECT_EQ(decision_.outcome, Outcome::allowed);
    EXPECT_EQ(plugin_.generation()->in_flight(), 0u);
}

TEST_F(PluginVerifierTest, IsUnavailableWithoutARoute) {
    EXPECT_FALSE(at("/nowhere").is_immediate());
    EXPECT_EQ(ask_and_wait(), Outcome::unavailable);
}

}  // namespace
}  // namespace gatehouse::pipeline
