#include "gateway/pipeline/filters/auth/credentials.hpp"

#include <gtest/gtest.h>

namespace gatehouse::pipeline {
namespace {

const KeyedHash::Key kSecret = {1, 2};

Credentials by(std::vector<std::string> sources) {
    config::Authenticator authenticator;
    authenticator.cache_by = std::move(sources);
    authenticator.send = {"authorization"};
    return Credentials(authenticator);
}

http::RequestHead request(std::vector<http::Field> fields) {
    http::RequestHead head;
    head.fields = std::move(fields);
    return head;
}

TEST(Credentials, StandForExactlyWhatWasSent) {
    const Credentials credentials = by({"authorization", "cookie:session"});
    const auto key = [&](std::vector<http::Field> fields) {
        return *credentials.key(request(std::move(fields)), kSecret);
    };
    const auto alice = key({{"authorization", "Bearer a"}});
    EXPECT_EQ(alice, key({{"accept", "*/*"}, {"authorization", "Bearer a"}, {"cookie", "theme=dark"}}));
    EXPECT_FALSE(alice == key({{"authorization", "Bearer b"}}));
    EXPECT_FALSE(alice == key({{"cookie", "session=Bearer a"}}));
    EXPECT_FALSE(alice == key({{"authorization", "Bearer a"}, {"cookie", "session=x"}}));
    EXPECT_FALSE(key({{"cookie", "session=x; session=y"}}) == key({{"cookie", "session=y; session=x"}}));
    EXPECT_FALSE(key({{"cookie", "session="}}) == key({{"authorization", ""}}));
}

TEST(Credentials, ReadCookiesAsWhole) {
    struct Row {
        std::string_view cookie;
        std::vector<std::string_view> values;
    };
    const Row rows[] = {
        {"session=a", {"a"}},
        {"theme=dark; session=a; x=y", {"a"}},
        {"xsession=a; session2=b; Session=c", {}},
        {"session=a=b", {"a=b"}},
        {"session", {}},
        {" session=a ;\tsession=b", {"a", "b"}},
        {"x=\"session=a\"", {}},
        {"session=\"quoted\"", {"\"quoted\""}},
        {";;=;session=", {""}},
    };
    for (const Row& row : rows) {
        std::vector<std::string_view> values;
        for_each_cookie(row.cookie, "session", [&values](std::string_view value) { values.push_back(value); });
        EXPECT_EQ(values, row.values) << row.cookie;
    }
}

TEST(Credentials, AreAbsentWithoutAnyOfTheirSources) {
    const Credentials credentials = by({"authorization", "cookie:session"});
    EXPECT_FALSE(credentials.present(request({{"cookie", "theme=dark"}})));
    EXPECT_FALSE(credentials.key(request({{"cookie", "theme=dark"}}), kSecret));
    EXPECT_TRUE(credentials.present(request({{"cookie", "session=1"}})));
}

TEST(Credentials, AreWhatIsSentWhenNothingIsListed) {
    EXPECT_TRUE(by({}).present(request({{"authorization", "Basic x"}})));
    EXPECT_FALSE(by({}).present(request({{"cookie", "session=1"}})));
}

}  // namespace
}  // namespace gatehouse::pipeline
