#include "gateway/http/message.hpp"

#include <gtest/gtest.h>

namespace gatehouse::http {
namespace {

TEST(FindFieldTest, GivesTheFirstOfThatName) {
    const std::vector<Field> fields = {{"a", "1"}, {"b", "2"}, {"b", "3"}};
    ASSERT_NE(find_field(fields, "b"), nullptr);
    EXPECT_EQ(find_field(fields, "b")->value, "2");
    EXPECT_EQ(find_field(fields, "c"), nullptr);
    EXPECT_EQ(find_field({}, "a"), nullptr);
}

}  // namespace
}  // namespace gatehouse::http
