#include "plugins/users/profile.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace users {
namespace {

TEST(ProfileTest, TellsPhoneNumbersFromOtherText) {
    for (const char* text : {"+49 (30) 123-45.67", "12345", "+123456789012345"}) EXPECT_TRUE(is_phone(text)) << text;
    for (const char* text : {"", "1234", "+1234567890123456", "12345x", "1+2345", "abc"})
        EXPECT_FALSE(is_phone(text)) << text;
}

TEST(ProfileTest, KnowsThatADayBeginsEarlierInTheEast) {
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    EXPECT_TRUE(is_not_in_the_future(today));
    EXPECT_FALSE(is_not_in_the_future(today + std::chrono::days(2)));
    EXPECT_FALSE(is_not_in_the_future(*gatehouse::parse_iso_date("2999-01-01")));  // beyond 64 bits of nanoseconds
}

TEST(ProfileTest, ShowsNothingOfADeletedProfileButItsId) {
    Profile profile;
    profile.id = 7;
    profile.username = "ann";
    profile.first_name = "Ann";
    profile.deleted_at = Time{};
    EXPECT_EQ(gatehouse::to_json(to_public(profile)).find("nn"), std::string::npos);
    EXPECT_TRUE(to_public(profile).deleted);
}

}  // namespace
}  // namespace users
