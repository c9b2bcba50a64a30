#include "gateway/supervise/line_reader.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::supervise {
namespace {

class LineReaderTest : public ::testing::Test {
protected:
    LineReaderTest() {
        EXPECT_EQ(::pipe2(pipe_.data(), O_CLOEXEC), 0);
        ::fcntl(pipe_[0], F_SETFL, O_NONBLOCK);
    }
    ~LineReaderTest() override {
        ::close(pipe_[0]);
        end();
    }
    void write(const std::string& text) const { EXPECT_EQ(::write(pipe_[1], text.data(), text.size()), text.size()); }
    void end() {
        if (pipe_[1] >= 0) ::close(std::exchange(pipe_[1], -1));
    }
    LineReader::State read() {
        return reader_.read(pipe_[0], [this](std::string_view line) { lines_.emplace_back(line); });
    }

    std::array<int, 2> pipe_{};
    LineReader reader_{16};
    std::vector<std::string> lines_;
};

TEST_F(LineReaderTest, PutsLinesTogetherFromPieces) {
    write("on");
    EXPECT_EQ(read(), LineReader::State::open);
    EXPECT_TRUE(lines_.empty());
    write("e\ntwo\nthr");
    EXPECT_EQ(read(), LineReader::State::open);
    EXPECT_EQ(lines_, (std::vector<std::string>{"one", "two"}));
    end();
    EXPECT_EQ(read(), LineReader::State::ended);
    EXPECT_EQ(lines_.back(), "thr");
}

TEST_F(LineReaderTest, CutsLinesThatNeverEnd) {
    write(std::string(40, 'x'));
    EXPECT_EQ(read(), LineReader::State::open);
    ASSERT_FALSE(lines_.empty());
    end();
    EXPECT_EQ(read(), LineReader::State::ended);
    std::size_t sum = 0;
    for (const std::string& line : lines_) sum += line.size();
    EXPECT_EQ(sum, 40u);
}

}  // namespace
}  // namespace gatehouse::supervise
