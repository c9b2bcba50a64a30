#include "gateway/http/reserved_fields.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::http {
namespace {

using ::testing::ElementsAre;

const ReservedFields kIdentity({"X-User-ID", "X-User-Name", "x_session_id", "X-User-ID"});

TEST(ReservedFieldsTest, KnowsEverySpelling) {
    for (const char* name :
         {"x-user-id", "X-USER-ID", "x_user_id", "X.User.Id", "x-user_id", "x.user-ID", "X-Session-Id"}) {
        EXPECT_TRUE(kIdentity.contains(name)) << name;
    }
}

TEST(ReservedFieldsTest, LeavesOthersAlone) {
    for (const char* name : {"", "x-user-i", "x-user-idd", "xuserid", "y-user-id", "-x-user-id", "x~user~id"}) {
        EXPECT_FALSE(kIdentity.contains(name)) << name;
    }
    EXPECT_FALSE(kIdentity.contains(std::string(64 + 9, 'x')));  // shares the length's bit
    EXPECT_FALSE(ReservedFields({}).contains("x-user-id"));
}

TEST(ReservedFieldsTest, StripsThemAllAndKeepsTheOrderOfTheRest) {
    std::vector<Field> fields = {{"a", "1"}, {"x-user-id", "2"}, {"b", "3"}, {"x_user.id", "4"}, {"a", "5"}};
    EXPECT_EQ(kIdentity.strip(fields), 2u);
    EXPECT_THAT(fields, ElementsAre(Field{"a", "1"}, Field{"b", "3"}, Field{"a", "5"}));
    EXPECT_EQ(kIdentity.strip(fields), 0u);
}

}  // namespace
}  // namespace gatehouse::http
