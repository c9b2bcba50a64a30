#include "gateway/pipeline/filters/assertion_auth.hpp"

#include <chrono>

#include "tests/unit/gateway/pipeline/filters/exchange_fixture.hpp"

namespace gatehouse::pipeline {
namespace {

class AssertionAuthTest : public ExchangeTest {
protected:
    std::string assertion(std::string_view path = "/api/posts/7") const {
        const upstream::AssertedRequest request{"posts", "GET", path, "", false};
        std::string text;
        const std::vector<std::string> roles = {"author"};
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        EXPECT_TRUE((*signer_)->sign(request, {"u-1", "Ada", "s-1", "", roles},
                                     std::chrono::duration_cast<std::chrono::seconds>(now).count(), text));
        return text;
    }
    Verdict handle() {
        exchange_.identity.clear();
        return filter_.handle(exchange_);
    }

    const std::vector<std::string> keys_ = {std::string(32, 'k')};
    Result<std::unique_ptr<upstream::AssertionSigner>> signer_ = upstream::AssertionSigner::create(keys_[0]);
    Result<std::unique_ptr<upstream::AssertionVerifier>> verifier_ = upstream::AssertionVerifier::create(keys_);
    AssertionAuth filter_{**verifier_, "posts"};
};

TEST_F(AssertionAuthTest, BelievesAValidAssertion) {
    const std::string text = assertion();
    send({{"x-gatehouse-assertion", text}});
    EXPECT_EQ(handle(), Verdict::next);
    EXPECT_TRUE(exchange_.identity.present);
    EXPECT_EQ(exchange_.identity.id, "u-1");
    EXPECT_EQ(exchange_.identity.roles, std::vector<std::string>{"author"});
}

TEST_F(AssertionAuthTest, AnswersOnlyHealthChecksWithoutOne) {
    send({{"x-user-id", "u-1"}});
    EXPECT_EQ(handle(), Verdict::reply);
    EXPECT_EQ(exchange_.reply.status, 401);
    EXPECT_EQ(exchange_.reply.reason, "assertion_missing");
    exchange_.request.path = "/healthz";
    EXPECT_EQ(handle(), Verdict::next);
    EXPECT_FALSE(exchange_.identity.present);
    exchange_.request.method = "POST";
    EXPECT_EQ(handle(), Verdict::reply);
}

TEST_F(AssertionAuthTest, RefusesWhatDoesNotHoldForThisRequest) {
    const std::string once = assertion(), twice = assertion(), elsewhere = assertion("/api/posts/8");
    send({{"x-gatehouse-assertion", once}});
    EXPECT_EQ(handle(), Verdict::next);
    EXPECT_EQ(handle(), Verdict::reply);
    EXPECT_EQ(exchange_.reply.reason, "assertion_replayed");
    send({{"x-gatehouse-assertion", elsewhere}});
    EXPECT_EQ(handle(), Verdict::reply);
    EXPECT_EQ(exchange_.reply.reason, "assertion_wrong_request");
    send({{"x-gatehouse-assertion", twice}, {"x-gatehouse-assertion", twice}});
    EXPECT_EQ(handle(), Verdict::reply);
    send({{"x_gatehouse_assertion", twice}});
    EXPECT_EQ(handle(), Verdict::reply);
    EXPECT_FALSE(exchange_.identity.present);
}

}  // namespace
}  // namespace gatehouse::pipeline
