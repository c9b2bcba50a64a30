#include "gateway/observe/secrets.hpp"

#include <gtest/gtest.h>

namespace gatehouse::observe {
namespace {

TEST(Secrets, LeavesOutTheValuesOfSecretParameters) {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"page=2&q=shoes", "page=2&q=shoes"},
        {"token=abc", "token=[redacted]"},
        {"a=1&code=4711&b=2", "a=1&code=[redacted]&b=2"},
        {"PassWord=x", "PassWord=[redacted]"},
        {"%74oken=abc", "%74oken=[redacted]"},
        {"access_token=abc&x", "access_token=[redacted]&x"},
        {"user.password=x;y=1", "user.password=[redacted];y=1"},
        {"x-api-key=k", "x-api-key=[redacted]"},
        {"token", "token"},
        {"decode=1", "decode=1"},
        {"", ""},
        {"token=a=b&&", "token=[redacted]&&"},
        {"q=\"\n", "q=\\\"\\n"},
    };
    for (const auto& [query, expected] : rows) {
        std::string out;
        append_redacted_query(out, query);
        EXPECT_EQ(out, expected) << query;
    }
}

TEST(Secrets, KnowsSecretFieldNamesWhateverTheirSpelling) {
    EXPECT_TRUE(is_secret_name("Authorization"));
    EXPECT_TRUE(is_secret_name("set-cookie"));
    EXPECT_TRUE(is_secret_name("new_password"));
    EXPECT_TRUE(is_secret_name("X.Api.Key"));
    EXPECT_FALSE(is_secret_name("code"));  // an error's, as like as not
    EXPECT_TRUE(is_secret_parameter("code"));
    EXPECT_FALSE(is_secret_name("path"));
}

}  // namespace
}  // namespace gatehouse::observe
