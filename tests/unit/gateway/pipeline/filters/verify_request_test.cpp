#include "gateway/pipeline/filters/auth/verify_request.hpp"

#include "tests/unit/gateway/pipeline/filters/exchange_fixture.hpp"

namespace gatehouse::pipeline {
namespace {

class VerifyRequestTest : public ExchangeTest {
protected:
    VerifyRequestTest() {
        authenticator_.forward.path = "/api/auth/verify?x=1";
        authenticator_.send = {"authorization", "cookie", "x-forwarded-for"};
        exchange_.trace_parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    }
    config::Authenticator authenticator_;
    VerifyRequest request_;
};

TEST_F(VerifyRequestTest, CarriesWhatIsSentAndWhatTheGatewayKnowsAndNothingElse) {
    send({{"accept", "*/*"},
          {"authorization", "Bearer a"},
          {"x-forwarded-for", "6.6.6.6"},
          {"x-forwarded-proto", "https"},
          {"content-length", "7"},
          {"cookie", "session=s"}});
    exchange_.request.method = "POST";
    exchange_.request.query = "a=b";
    exchange_.request.has_query = true;
    request_.build(exchange_, authenticator_);
    const std::vector<http::Field> expected = {
        {"authorization", "Bearer a"},    {"cookie", "session=s"},       {"x-forwarded-uri", "/api/posts/7?a=b"},
        {"x-forwarded-method", "POST"},   {"x-forwarded-proto", "http"}, {"x-forwarded-host", "example.com"},
        {"x-forwarded-for", "192.0.2.1"}, {"x-request-id", "r-1"},       {"traceparent", exchange_.trace_parent}};
    EXPECT_EQ(request_.fields(), expected);
    EXPECT_EQ(request_.path(), "/api/auth/verify");
    EXPECT_EQ(request_.query(), "x=1");
    EXPECT_EQ(request_.target(), "/api/auth/verify?x=1");
}

TEST_F(VerifyRequestTest, OutlivesTheExchangesBuffers) {
    std::string buffer = "Bearer abc";
    send({{"authorization", buffer}});
    request_.build(exchange_, authenticator_);
    buffer.assign(buffer.size(), 'x');
    exchange_.request_id = "changed";
    EXPECT_EQ(request_.fields()[0].value, "Bearer abc");
    EXPECT_EQ(request_.request_id(), "r-1");
}

TEST_F(VerifyRequestTest, BelievesTheSchemeOfATrustedProxy) {
    send({{"x-forwarded-proto", "https"}});
    exchange_.client.is_trusted_proxy = true;
    request_.build(exchange_, authenticator_);
    EXPECT_EQ(*http::find_field(request_.fields(), "x-forwarded-proto"), (http::Field{"x-forwarded-proto", "https"}));
}

}  // namespace
}  // namespace gatehouse::pipeline
