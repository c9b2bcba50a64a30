#include "gateway/pipeline/filters/auth/authenticator.hpp"

#include <list>

#include "tests/unit/gateway/pipeline/filters/exchange_fixture.hpp"

namespace gatehouse::pipeline {
namespace {

using Outcome = Decision::Outcome;

// Answers when the test says so.
class FakeVerifier final : public Verifier {
public:
    bool is_immediate() const override { return immediate; }
    bool verify_now(const Exchange&, TimePoint, Decision& decision) override {
        ++asked;
        decision = answer;
        return true;
    }
    Task<> verify(const Exchange&, TimePoint, Decision& decision) override {
        ++asked;
        Gate gate{*this, {}};
        if (slow) co_await gate;
        decision = answer;
    }
    void let_answer() {
        slow = false;
        for (const auto waiter : std::exchange(waiting_, {})) waiter.resume();
    }

    bool immediate = false, slow = false;
    int asked = 0;
    Decision answer;

private:
    struct Gate {
        FakeVerifier& verifier;
        std::coroutine_handle<> caller;
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> handle) { verifier.waiting_.push_back(handle); }
        void await_resume() const noexcept {}
    };
    std::list<std::coroutine_handle<>> waiting_;
};

class AuthenticatorTest : public ExchangeTest {
protected:
    AuthenticatorTest() {
        settings_.name = "session";
        settings_.send = {"authorization"};
        settings_.cache_by = {"authorization"};
        settings_.cache_ttl = std::chrono::seconds(5);
        verifier_->answer.outcome = Outcome::allowed;
        verifier_->answer.identity.present = true;
        verifier_->answer.identity.id = "u-1";
        verifier_->answer.identity.session = "s-1";
        verifier_->answer.fresh_for = 5s;
        send({{"authorization", "Bearer a"}});
    }
    Authenticator& subject() {
        if (subject_ == nullptr) {
            subject_ = std::make_shared<Authenticator>(std::make_shared<config::Authenticator>(settings_),
                                                       std::move(owned_), std::vector<IoLoop*>{&loop_}, metrics_);
        }
        return *subject_;
    }
    // As the pipeline runs it. Stays `pending` while the verifier does not answer.
    void ask(Exchange& exchange, Verdict& verdict, AnonymousCallers anonymous = AnonymousCallers::ask_verifier) {
        verdict = subject().handle(exchange, anonymous);
        if (verdict == Verdict::pending) spawn(resume(exchange, verdict));
    }
    Verdict ask(AnonymousCallers anonymous = AnonymousCallers::ask_verifier) {
        Verdict verdict{};
        exchange_.reply.clear();
        ask(exchange_, verdict, anonymous);
        return verdict;
    }
    Task<> resume(Exchange& exchange, Verdict& verdict) { verdict = co_await subject().resume(exchange); }
    void deny(int status, Duration fresh_for) {
        verifier_->answer.clear();
        verifier_->answer.outcome = Outcome::denied;
        verifier_->answer.status = status;
        verifier_->answer.fresh_for = fresh_for;
    }
    double decisions(std::string_view decision) {
        std::string text;
        registry_.write(text);
        const std::string start =
            "gatehouse_auth_decisions_total{authenticator=\"session\",decision=\"" + std::string(decision) + "\"} ";
        const auto at = text.find(start);
        return at == std::string::npos ? -1 : std::stod(text.substr(at + start.size()));
    }

    config::Authenticator settings_;
    std::unique_ptr<FakeVerifier> owned_ = std::make_unique<FakeVerifier>();
    FakeVerifier* verifier_ = owned_.get();
    std::shared_ptr<Authenticator> subject_;
};

TEST_F(AuthenticatorTest, AsksOnceForTheSameCredentials) {
    EXPECT_EQ(ask(), Verdict::next);
    EXPECT_EQ(exchange_.identity.id, "u-1");
    EXPECT_EQ(ask(), Verdict::next);
    EXPECT_EQ(exchange_.identity.id, "u-1");
    EXPECT_EQ(verifier_->asked, 1);
    send({{"authorization", "Bearer b"}});
    ask();
    EXPECT_EQ(verifier_->asked, 2);
    EXPECT_EQ(decisions("allowed"), 3);
}

TEST_F(AuthenticatorTest, ADecisionIsAboutOneMethodAndOneOrigin) {
    settings_.send = settings_.cache_by = {"cookie", "origin", "sec-fetch-site"};
    send({{"cookie", "session=a"}});
    exchange_.request.method = "GET";
    ask();
    exchange_.request.method = "POST";
    ask();
    EXPECT_EQ(verifier_->asked, 2);
    send({{"cookie", "session=a"}, {"origin", "https://evil.example"}});
    ask();
    send({{"cookie", "session=a"}, {"sec-fetch-site", "cross-site"}});
    ask();
    EXPECT_EQ(verifier_->asked, 4);
    ask();
    EXPECT_EQ(verifier_->asked, 4);
}

TEST_F(AuthenticatorTest, WhereABrowsersPageIsFromIsNoCredential) {
    settings_.send = settings_.cache_by = {"cookie", "origin", "sec-fetch-site"};
    send({{"origin", "https://shop.example"}, {"sec-fetch-site", "same-origin"}});
    EXPECT_EQ(ask(AnonymousCallers::pass), Verdict::next);
    EXPECT_EQ(verifier_->asked, 0);
    EXPECT_FALSE(exchange_.identity.present);
    send({{"origin", "https://shop.example"}, {"cookie", "session=a"}});
    EXPECT_EQ(ask(AnonymousCallers::pass), Verdict::next);
    EXPECT_EQ(verifier_->asked, 1);
}

TEST_F(AuthenticatorTest, AsksAgainWhenTheDecisionHasAged) {
    ask();
    exchange_.received += 6s;
    ask();
    EXPECT_EQ(verifier_->asked, 2);
}

TEST_F(AuthenticatorTest, RemembersAnImmediateVerifierToo) {
    verifier_->immediate = true;
    EXPECT_EQ(ask(), Verdict::next);
    EXPECT_EQ(ask(), Verdict::next);
    EXPECT_EQ(verifier_->asked, 1);
    EXPECT_EQ(exchange_.identity.id, "u-1");
    exchange_.received += 6s;
    EXPECT_EQ(ask(), Verdict::next);
    EXPECT_EQ(verifier_->asked, 2);
}

TEST_F(AuthenticatorTest, AsksAnImmediateVerifierEveryTimeWithoutACache) {
    verifier_->immediate = true;
    settings_.cache_ttl = 0s;
    EXPECT_EQ(ask(), Verdict::next);
    EXPECT_EQ(ask(), Verdict::next);
    EXPECT_EQ(verifier_->asked, 2);
    deny(401, 1s);
    EXPECT_EQ(ask(), Verdict::reply);  // a logout holds at once
    EXPECT_FALSE(exchange_.identity.present);
}

TEST_F(AuthenticatorTest, AsksEveryTimeWithoutCredentialsOrCache) {
    send({});
    ask();
    ask();
    EXPECT_EQ(verifier_->asked, 2);
}

TEST_F(AuthenticatorTest, NeverCachesFailures) {
    verifier_->answer.clear();
    verifier_->answer.fresh_for = 5s;
    EXPECT_EQ(ask(), Verdict::reply);
    EXPECT_EQ(exchange_.reply.status, 503);
    EXPECT_EQ(exchange_.reply.reason, "auth_unavailable");
    ask();
    EXPECT_EQ(verifier_->asked, 2);
    EXPECT_EQ(decisions("unavailable"), 2);
    EXPECT_EQ(decisions("denied"), 0);
}

TEST_F(AuthenticatorTest, PassesWithoutIdentityWhenDownIsAllowed) {
    settings_.allow_if_down = true;
    verifier_->answer.clear();
    exchange_.identity.present = true;
    exchange_.identity.id = "left over";
    EXPECT_EQ(ask(), Verdict::next);
    EXPECT_FALSE(exchange_.identity.present);
    EXPECT_EQ(decisions("unavailable"), 1);
}

TEST_F(AuthenticatorTest, AnswersDenialsWithTheVerifiersWords) {
    deny(302, 0s);
    verifier_->answer.fields = {{"location", "/login"}};
    EXPECT_EQ(ask(), Verdict::reply);
    EXPECT_EQ(exchange_.reply.status, 302);
    EXPECT_EQ(exchange_.reply.fields, verifier_->answer.fields);
}

TEST_F(AuthenticatorTest, LetsStrangersPassOnlyWhereAuthIsOptional) {
    deny(401, 0s);
    send({});
    EXPECT_EQ(ask(AnonymousCallers::pass), Verdict::next);
    EXPECT_EQ(verifier_->asked, 0);
    EXPECT_EQ(decisions("anonymous"), 1);
    EXPECT_EQ(ask(AnonymousCallers::ask_verifier), Verdict::reply);
    send({{"authorization", "Bearer bad"}});
    EXPECT_EQ(ask(AnonymousCallers::pass), Verdict::reply);
}

TEST_F(AuthenticatorTest, AsksOnceForManyWhoComeTogether) {
    verifier_->slow = true;
    std::list<Exchange> others(50);
    std::list<Verdict> verdicts;
    Verdict first{};
    ask(exchange_, first);
    for (Exchange& other : others) {
        prepare(other);
        other.request.fields = {{"authorization", "Bearer a"}};
        ask(other, verdicts.emplace_back());
    }
    EXPECT_EQ(verifier_->asked, 1);
    EXPECT_EQ(first, Verdict::pending);
    verifier_->let_answer();
    EXPECT_EQ(first, Verdict::next);
    for (const Verdict verdict : verdicts) EXPECT_EQ(verdict, Verdict::next);
    for (const Exchange& other : others) EXPECT_EQ(other.identity.id, "u-1");
}

TEST_F(AuthenticatorTest, SharesAFailureWithAllWhoWait) {
    verifier_->slow = true;
    verifier_->answer.clear();
    Exchange other;
    prepare(other);
    other.request.fields = exchange_.request.fields;
    Verdict first{}, second{};
    ask(exchange_, first);
    ask(other, second);
    verifier_->let_answer();
    EXPECT_EQ(first, Verdict::reply);
    EXPECT_EQ(second, Verdict::reply);
    ask();
    EXPECT_EQ(verifier_->asked, 2);
}

TEST_F(AuthenticatorTest, DoesNotWaitForACheckThatOutlastsItsOwnDeadline) {
    verifier_->slow = true;
    Exchange hurried;
    prepare(hurried);
    hurried.request.fields = exchange_.request.fields;
    hurried.deadline = Clock::now() + 1ms;
    Verdict first{}, second{};
    ask(exchange_, first);
    ask(hurried, second);
    EXPECT_EQ(verifier_->asked, 2);
    verifier_->let_answer();
}

TEST_F(AuthenticatorTest, ForgetsRevokedSessionsAndUsers) {
    ask();
    subject().revoke({.session = "s-1", .user = ""});
    on_loop([] {});
    ask();
    EXPECT_EQ(verifier_->asked, 2);
    subject().revoke({.session = "", .user = "u-1"});
    on_loop([] {});
    ask();
    EXPECT_EQ(verifier_->asked, 3);
    subject().revoke({.session = "other", .user = "other"});
    on_loop([] {});
    ask();
    EXPECT_EQ(verifier_->asked, 3);
}

TEST_F(AuthenticatorTest, DoesNotCacheWhatWasAskedBeforeARevocation) {
    verifier_->slow = true;
    Verdict verdict{};
    ask(exchange_, verdict);
    subject().revoke({.session = "s-1", .user = ""});
    on_loop([] {});
    verifier_->let_answer();
    EXPECT_EQ(verdict, Verdict::next);
    ask();
    EXPECT_EQ(verifier_->asked, 2);
}

TEST_F(AuthenticatorTest, ACallerPassesStillAsLongAsTheVerifierSaysTheSame) {
    struct Case {
        std::string_view what;
        Outcome outcome;
        std::string id;
        std::vector<std::string> roles;
        bool passes;
    };
    const std::vector<Case> cases = {
        {"the same", Outcome::allowed, "u-1", {"user"}, true},
        {"denied", Outcome::denied, "", {}, false},
        {"nobody can tell", Outcome::unavailable, "", {}, true},
        {"somebody else", Outcome::allowed, "u-2", {"user"}, false},
        {"nobody", Outcome::allowed, "", {}, false},
        {"a role more", Outcome::allowed, "u-1", {"user", "admin"}, false},
        {"a role less", Outcome::allowed, "u-1", {}, false},
    };
    verifier_->answer.identity.roles = {"user"};
    ask();
    const auto passes_still = [this](bool& passes) -> Task<> { passes = co_await subject().passes_still(exchange_); };
    for (const bool immediate : {true, false}) {
        for (const Case& tried : cases) {
            verifier_->immediate = immediate;
            verifier_->answer.outcome = tried.outcome;
            verifier_->answer.identity.id = tried.id;
            verifier_->answer.identity.roles = tried.roles;
            const int asked = verifier_->asked;
            bool passes = !tried.passes;
            spawn(passes_still(passes));
            EXPECT_EQ(passes, tried.passes) << tried.what;
            EXPECT_EQ(verifier_->asked, asked + 1) << "by the cache: " << tried.what;
            EXPECT_EQ(exchange_.identity.id, "u-1") << "the exchange is left alone";
        }
    }
}

}  // namespace
}  // namespace gatehouse::pipeline
