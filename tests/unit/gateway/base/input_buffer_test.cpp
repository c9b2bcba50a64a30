#include "gateway/base/input_buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace gatehouse {

namespace {

void put(InputBuffer& buffer, std::string_view text) {
    const std::span<char> room = buffer.prepare(text.size());
    ASSERT_GE(room.size(), text.size());
    std::copy(text.begin(), text.end(), room.begin());
    buffer.commit(text.size());
}

std::string_view unread(const InputBuffer& buffer) { return {buffer.unread().data(), buffer.unread().size()}; }

TEST(InputBufferTest, GivesBackWhatWasPutIn) {
    InputBuffer buffer;
    put(buffer, "one");
    put(buffer, "two");
    EXPECT_EQ(unread(buffer), "onetwo");
    buffer.consume(3);
    EXPECT_EQ(unread(buffer), "two");
}

TEST(InputBufferTest, KeepsAPinnedHeadInPlaceHoweverMuchFollows) {
    InputBuffer buffer;
    put(buffer, "head");
    put(buffer, "tail");
    const std::span<char> head = buffer.pin(4);
    const std::string piece(3000, 'x');
    std::string expected = "tail";
    for (int i = 0; i < 40; ++i) {
        put(buffer, piece);
        expected += piece;
        EXPECT_EQ(std::string_view(head.data(), head.size()), "head");
    }
    EXPECT_EQ(unread(buffer), expected);
    buffer.unpin();
    EXPECT_EQ(unread(buffer), expected);
}

TEST(InputBufferTest, StaysSmallWhenEverythingIsUsedUp) {
    InputBuffer buffer;
    const std::string piece(1000, 'x');
    const char* block = nullptr;
    for (int i = 0; i < 1000; ++i) {
        put(buffer, piece);
        if (block == nullptr) block = buffer.unread().data();
        EXPECT_EQ(buffer.unread().data(), block);  // the same block, from its start
        buffer.pin(500);
        buffer.consume(500);
        buffer.unpin();
    }
}

}  // namespace

}  // namespace gatehouse
