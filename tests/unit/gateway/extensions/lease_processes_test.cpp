// One lease, several processes, and the death of its holder.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <optional>

#include "gateway/base/time.hpp"
#include "tests/unit/gateway/extensions/redis_server.hpp"

namespace gatehouse::extensions {
namespace {

constexpr auto kTtl = 600ms;

class Contender final {
public:
    explicit Contender(const std::string& url) {
        int in[2], out[2];
        if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) std::abort();
        const std::string ttl = std::to_string(std::chrono::milliseconds(kTtl).count());
        process_ = ::fork();
        if (process_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::dup2(in[0], 0);
            ::dup2(out[1], 1);
            ::execl(LEASE_CONTENDER, LEASE_CONTENDER, url.c_str(), ttl.c_str(), nullptr);
            ::_exit(127);
        }
        ::close(in[0]);
        ::close(out[1]);
        input_ = in[1];
        output_ = out[0];
    }
    ~Contender() {
        kill();
        ::close(input_);
        ::close(output_);
    }
    Contender(const Contender&) = delete;
    Contender& operator=(const Contender&) = delete;

    void kill() {
        if (process_ == 0) return;
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        process_ = 0;
    }
    void signal(int number) const { ::kill(process_, number); }
    int output() const { return output_; }

    // The next line that it says, "" if none comes in time.
    std::string line(Duration patience = 20s) {
        const TimePoint deadline = Clock::now() + patience;
        std::size_t end = 0;
        while ((end = text_.find('\n')) == std::string::npos) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
            pollfd readable{output_, POLLIN, 0};
            if (left <= 0 || ::poll(&readable, 1, static_cast<int>(left)) <= 0) return {};
            char buffer[256];
            const ssize_t size = ::read(output_, buffer, sizeof buffer);
            if (size <= 0) return {};
            text_.append(buffer, static_cast<std::size_t>(size));
        }
        std::string found = text_.substr(0, end);
        text_.erase(0, end + 1);
        return found;
    }

private:
    pid_t process_ = 0;
    int input_ = -1, output_ = -1;
    std::string text_;
};

// The token of "gained TOKEN"; fails on anything else.
std::uint64_t token_of(const std::string& line) {
    EXPECT_TRUE(line.starts_with("gained ")) << line;
    return line.starts_with("gained ") ? std::stoull(line.substr(7)) : 0;
}

class LeaseProcessesTest : public ::testing::Test {
protected:
    // Starts one, and another once the first one holds the lease.
    void start_two() {
        holder_ = std::make_unique<Contender>(server_.url());
        token_ = token_of(holder_->line());
        other_ = std::make_unique<Contender>(server_.url());
    }
    RedisServer server_;
    std::unique_ptr<Contender> holder_, other_;
    std::uint64_t token_ = 0;
};

TEST_F(LeaseProcessesTest, TheOtherProcessTakesOverWhenTheHolderIsKilled) {
    start_two();
    for (int round = 0; round < 3; ++round) {
        holder_->kill();
        const TimePoint killed = Clock::now();
        const std::uint64_t next = token_of(other_->line());
        EXPECT_GT(next, token_);
        EXPECT_LT(Clock::now() - killed, 10s);
        token_ = next;
        holder_ = std::move(other_);
        other_ = std::make_unique<Contender>(server_.url());
    }
}

TEST_F(LeaseProcessesTest, AHolderThatLivesKeepsItFromOthers) {
    start_two();
    EXPECT_EQ(other_->line(3 * kTtl), "");
    EXPECT_EQ(holder_->line(0s), "");
}

TEST_F(LeaseProcessesTest, AHolderThatWasStoppedLearnsThatItLost) {
    start_two();
    holder_->signal(SIGSTOP);
    EXPECT_GT(token_of(other_->line()), token_);
    holder_->signal(SIGCONT);
    EXPECT_EQ(holder_->line(), "lost");
    EXPECT_EQ(holder_->line(2 * kTtl), "");  // and does not get it back from a holder that lives
}

TEST_F(LeaseProcessesTest, AHolderLearnsThatItLostBeforeTheTimeToLiveWhenTheServerStops) {
    start_two();
    server_.pause();
    const TimePoint paused = Clock::now();
    EXPECT_EQ(holder_->line(), "lost");
    EXPECT_LT(Clock::now() - paused, kTtl);
    server_.resume();
}

TEST_F(LeaseProcessesTest, TokensGrowThoughTheServerHasForgottenEverything) {
    start_two();
    server_.restart();
    std::uint64_t gained = 0;
    const TimePoint deadline = Clock::now() + 20s;
    while (gained == 0 && Clock::now() < deadline) {  // either of them may be first
        for (Contender* each : {holder_.get(), other_.get()}) {
            const std::string line = each->line(50ms);
            if (line.starts_with("gained ")) gained = token_of(line);
        }
    }
    EXPECT_GT(gained, token_);
}

}  // namespace
}  // namespace gatehouse::extensions
