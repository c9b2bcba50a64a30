#include "gateway/pipeline/filters/request_id.hpp"

#include "tests/unit/gateway/pipeline/filters/exchange_fixture.hpp"

namespace gatehouse::pipeline {
namespace {

class RequestIdTest : public ExchangeTest {
protected:
    RequestId filter_;
};

TEST_F(RequestIdTest, MakesAUuid7) {
    EXPECT_EQ(filter_.handle(exchange_), Verdict::next);
    ASSERT_EQ(exchange_.request_id.size(), 36u);
    EXPECT_EQ(exchange_.request_id[14], '7');
}

TEST_F(RequestIdTest, BelievesOnlyATrustedProxy) {
    send({{"x-request-id", "from-client"}});
    filter_.handle(exchange_);
    EXPECT_NE(exchange_.request_id, "from-client");
    EXPECT_FALSE(has_field("x-request-id"));

    exchange_.client.is_trusted_proxy = true;
    send({{"x-request-id", "from-proxy"}});
    filter_.handle(exchange_);
    EXPECT_EQ(exchange_.request_id, "from-proxy");
    EXPECT_FALSE(has_field("x-request-id"));
}

TEST_F(RequestIdTest, BelievesTheGatewayInFront) {
    RequestId behind(RequestId::Peer::gateway);
    send({{"x-request-id", "from-gateway"}});
    behind.handle(exchange_);
    EXPECT_EQ(exchange_.request_id, "from-gateway");
    send({{"x-request-id", "not sane"}});
    behind.handle(exchange_);
    EXPECT_EQ(exchange_.request_id.size(), 36u);
}

TEST_F(RequestIdTest, RemovesEveryAlias) {
    send({{"x_request_id", "a"}, {"x.request-id", "b"}, {"x-request-id", "c"}, {"accept", "*/*"}});
    filter_.handle(exchange_);
    EXPECT_EQ(exchange_.request.fields.size(), 1u);
}

TEST_F(RequestIdTest, ReplacesWhatIsNotSane) {
    EXPECT_TRUE(is_sane_request_id("0af7651916cd43dd8448eb211c80319c"));
    EXPECT_TRUE(is_sane_request_id(std::string(128, 'a')));
    for (const std::string& bad : {std::string(), std::string(129, 'a'), std::string("a b"), std::string("a\"b"),
                                   std::string("a\nb"), std::string("\xc3\xa4"), std::string("<x>")}) {
        EXPECT_FALSE(is_sane_request_id(bad)) << bad;
    }
}

}  // namespace
}  // namespace gatehouse::pipeline
