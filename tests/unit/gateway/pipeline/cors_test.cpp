#include "gateway/pipeline/cors.hpp"

#include "tests/unit/gateway/pipeline/filters/exchange_fixture.hpp"

namespace gatehouse::pipeline {
namespace {

class CorsTest : public ExchangeTest {
protected:
    void ask(std::string_view method, std::initializer_list<http::Field> fields) {
        exchange_.request.method = method;
        exchange_.response_fields.clear();
        send(fields);
    }
    bool says(std::string_view line) const {
        return exchange_.response_fields.find(std::string(line) + "\r\n") != std::string::npos;
    }

    config::Cors settings_{{"https://app.example.com", "http://localhost:5173"}, true, std::chrono::hours(1)};
    Cors cors_{settings_};
};

TEST_F(CorsTest, KnowsAPreflightFromAnyOtherRequest) {
    struct Case {
        std::string_view method;
        std::initializer_list<http::Field> fields;
        bool is_preflight;
    };
    const Case cases[] = {
        {"OPTIONS", {{"origin", "https://a"}, {"access-control-request-method", "PUT"}}, true},
        {"OPTIONS", {{"origin", "https://a"}}, false},
        {"OPTIONS", {{"access-control-request-method", "PUT"}}, false},
        {"OPTIONS", {{"origin", ""}, {"access-control-request-method", "PUT"}}, false},
        {"GET", {{"origin", "https://a"}, {"access-control-request-method", "PUT"}}, false},
    };
    for (const Case& one : cases) {
        ask(one.method, one.fields);
        EXPECT_EQ(is_preflight(exchange_.request), one.is_preflight);
    }
}

TEST_F(CorsTest, AllowsWhatAPageOfAListedOriginAsksFor) {
    ask("OPTIONS", {{"origin", "http://localhost:5173"},
                    {"access-control-request-method", "PATCH"},
                    {"access-control-request-headers", "authorization, if-match"}});
    cors_.answer_preflight(exchange_);
    EXPECT_EQ(exchange_.reply.status, 204);
    for (const char* line :
         {"access-control-allow-origin: http://localhost:5173", "access-control-allow-methods: PATCH",
          "access-control-allow-headers: authorization, if-match", "access-control-max-age: 3600",
          "access-control-allow-credentials: true",
          "vary: origin, access-control-request-method, access-control-request-headers"}) {
        EXPECT_TRUE(says(line)) << line << "\n" << exchange_.response_fields;
    }
}

TEST_F(CorsTest, RefusesEveryOtherOriginHoweverSimilar) {
    for (const char* origin : {"https://app.example.com.evil.example", "https://app.example.com:8443", "null",
                               "http://app.example.com", "https://APP.example.com", "https://app.example.com/"}) {
        ask("OPTIONS", {{"origin", origin}, {"access-control-request-method", "PATCH"}});
        cors_.answer_preflight(exchange_);
        EXPECT_EQ(exchange_.reply.status, 403) << origin;
        EXPECT_EQ(exchange_.response_fields.find("access-control-allow"), std::string::npos) << origin;
        ask("GET", {{"origin", origin}});
        cors_.let_read(exchange_);
        EXPECT_EQ(exchange_.response_fields, "vary: origin\r\n") << origin;
    }
}

TEST_F(CorsTest, EchoesNoFieldNamesThatAreNone) {
    for (const std::string& names : {std::string("x-a\"b"), std::string("x: y"), std::string(2000, 'x')}) {
        ask("OPTIONS", {{"origin", "https://app.example.com"},
                        {"access-control-request-method", "PUT"},
                        {"access-control-request-headers", names}});
        cors_.answer_preflight(exchange_);
        EXPECT_EQ(exchange_.response_fields.find("access-control-allow-headers"), std::string::npos) << names;
    }
}

TEST_F(CorsTest, LetsAPageReadTheAnswerAndTellsCachesThatItDepends) {
    ask("GET", {{"origin", "https://app.example.com"}});
    cors_.let_read(exchange_);
    EXPECT_TRUE(says("vary: origin"));
    EXPECT_TRUE(says("access-control-allow-origin: https://app.example.com"));
    EXPECT_NE(exchange_.response_fields.find("access-control-expose-headers: etag"), std::string::npos);
    EXPECT_TRUE(exchange_.answers_cors);
    ask("GET", {});
    cors_.let_read(exchange_);
    EXPECT_EQ(exchange_.response_fields, "vary: origin\r\n");
}

TEST_F(CorsTest, ForEverybodyDependsOnNothing) {
    const config::Cors open{{"*"}, false, std::chrono::minutes(10)};
    ask("GET", {{"origin", "https://anybody.example"}});
    Cors(open).let_read(exchange_);
    EXPECT_TRUE(says("access-control-allow-origin: *"));
    EXPECT_FALSE(says("vary: origin"));
    EXPECT_EQ(exchange_.response_fields.find("credentials"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::pipeline
