#include "sdk/storage/text.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "sdk/storage/migrations.hpp"
#include "sdk/storage/statement_cache.hpp"

namespace gatehouse::storage {
namespace {

TEST(Utf8Test, AcceptsWhatRfc3629AllowsAndNothingElse) {
    for (const char* good : {"", "plain", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEF\xBF\xBF",
                             "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        EXPECT_TRUE(is_utf8(good)) << good;
    }
    for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2x", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82",
                            "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "ok\xF0\x9F\xA6"}) {
        EXPECT_FALSE(is_utf8(bad)) << bad;
    }
}

TEST(TransactionControlTest, LooksAtTheFirstWordOnly) {
    for (const char* good : {"select 1", "update commits set x = 1", "-- commit\nselect 1", "beginning",
                             "with x as (select 1) select 1"}) {
        EXPECT_NO_THROW(refuse_transaction_control(good)) << good;
    }
    for (const char* bad :
         {"commit", "Commit;", "\n\t END", "/* a */ -- b\n rollback to x", "begin/**/immediate", "abort"}) {
        EXPECT_THROW(refuse_transaction_control(bad), std::logic_error) << bad;
    }
}

TEST(ChecksumTest, IsSha256) {
    EXPECT_EQ(checksum("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(StatementCacheTest, TheLeastRecentlyUsedOneMakesRoom) {
    StatementCache<int> cache(2);
    std::string dropped;
    const auto note = [&](int statement) { dropped += std::to_string(statement); };
    cache.add("a", 1, note);
    cache.add("b", 2, note);
    EXPECT_NE(cache.find("a"), nullptr);
    cache.add("c", 3, note);
    EXPECT_EQ(dropped, "2");
    EXPECT_EQ(cache.find("b"), nullptr);
    EXPECT_EQ(*cache.find("a"), 1);
    EXPECT_EQ(cache.size(), 2U);
}

}  // namespace
}  // namespace gatehouse::storage
