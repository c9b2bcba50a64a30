#include "plugins/media/byte_range.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include <gatehouse/problem.hpp>

namespace {

using media::ByteRange;

TEST(ByteRangeTest, ReadsWhatRfc9110Allows) {
    struct Case {
        const char* field;
        std::optional<ByteRange> expected;
    };
    for (const Case& one :
         {Case{"bytes=0-0", ByteRange{0, 0}}, Case{"bytes=0-9", ByteRange{0, 9}}, Case{"bytes=5-", ByteRange{5, 99}},
          Case{"bytes=-10", ByteRange{90, 99}}, Case{"bytes=-1000", ByteRange{0, 99}},
          Case{"bytes=90-1000", ByteRange{90, 99}}, Case{"bytes=0-18446744073709551616", ByteRange{0, 99}},
          Case{"bytes= 1-2 ", ByteRange{1, 2}},
          // not understood: all of it
          Case{"bytes=0-1,4-5", std::nullopt}, Case{"bytes=2-1", std::nullopt}, Case{"bytes=-", std::nullopt},
          Case{"bytes=", std::nullopt}, Case{"bytes=a-b", std::nullopt}, Case{"bytes=1-2x", std::nullopt},
          Case{"bytes=+1-2", std::nullopt}, Case{"bytes=--5", std::nullopt}, Case{"items=0-1", std::nullopt},
          Case{"", std::nullopt}}) {
        EXPECT_EQ(media::parse_range(one.field, 100), one.expected) << one.field;
    }
}

TEST(ByteRangeTest, RefusesWhatLiesOutside) {
    for (const char* field : {"bytes=100-", "bytes=100-200", "bytes=99999999999999999999-", "bytes=-0"}) {
        try {
            static_cast<void>(media::parse_range(field, 100));
            FAIL() << field;
        } catch (const gatehouse::Problem& problem) {
            EXPECT_EQ(problem.status(), 416);
            ASSERT_EQ(problem.headers().size(), 1u);
            EXPECT_EQ(problem.headers()[0].value, "bytes */100");
        }
    }
}

}  // namespace
