#include "gateway/http/date_cache.hpp"

#include <gtest/gtest.h>

namespace gatehouse::http {
namespace {

TEST(DateCacheTest, WritesImfFixdate) {
    DateCache dates;
    EXPECT_EQ(dates.at(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110's example
    EXPECT_EQ(dates.at(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    EXPECT_EQ(dates.at(951782399), "Mon, 28 Feb 2000 23:59:59 GMT");
    EXPECT_EQ(dates.at(951782400), "Tue, 29 Feb 2000 00:00:00 GMT");
    EXPECT_EQ(dates.at(253402300799), "Fri, 31 Dec 9999 23:59:59 GMT");
}

TEST(DateCacheTest, FollowsTheClockBackwardsToo) {
    DateCache dates;
    EXPECT_EQ(dates.at(10), "Thu, 01 Jan 1970 00:00:10 GMT");
    EXPECT_EQ(dates.at(10), "Thu, 01 Jan 1970 00:00:10 GMT");
    EXPECT_EQ(dates.at(9), "Thu, 01 Jan 1970 00:00:09 GMT");
    EXPECT_EQ(dates.at(-1), "Wed, 31 Dec 1969 23:59:59 GMT");
}

}  // namespace
}  // namespace gatehouse::http
