#include "gateway/supervise/keeper.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "gateway/supervise/supervisor.hpp"

namespace gatehouse::supervise {
namespace {

// Remembers where requests would go.
class FakeEndpoints final : public Endpoints {
public:
    void open(const std::string&, const std::string& path) override { set(path); }
    void close(const std::string&) override { set({}); }
    bool has_left_old(const std::string&) override { return has_left_; }
    bool is_forgotten(const std::string&) override { return is_forgotten_; }

    std::string path() const {
        const std::scoped_lock lock(mutex_);
        return path_;
    }
    std::atomic<bool> has_left_{true}, is_forgotten_{true};

private:
    void set(std::string path) {
        const std::scoped_lock lock(mutex_);
        path_ = std::move(path);
    }
    mutable std::mutex mutex_;
    std::string path_;
};

template <class Condition>
bool eventually(Condition&& condition, Duration limit = 20s) {
    const TimePoint deadline = Clock::now() + limit;
    while (!condition()) {
        if (Clock::now() > deadline) return false;
        std::this_thread::sleep_for(1ms);
    }
    return true;
}

bool is_alive(std::int64_t pid) { return ::kill(static_cast<pid_t>(pid), 0) == 0; }

class KeeperTest : public ::testing::Test {
protected:
    KeeperTest() {
        std::string folder = "/tmp/gatehouse-keeper-XXXXXX";
        folder_ = ::mkdtemp(folder.data());
        surroundings_.program = FAKE_CHILD;
        surroundings_.socket_directory = folder_.string();
        surroundings_.endpoints = &endpoints_;
        surroundings_.probe_interval = 50ms;
        surroundings_.probe_limit = 1s;
        surroundings_.said = [this](const std::string&, std::string_view line) {
            const std::scoped_lock lock(mutex_);
            said_.emplace_back(line);
        };
        surroundings_.happened = [this](const std::string&, Surroundings::Event event, std::string_view reason,
                                        std::string_view) {
            const std::scoped_lock lock(mutex_);
            if (event == Surroundings::Event::ended) ends_.emplace_back(reason);
        };
    }
    ~KeeperTest() override {
        keeper_.reset();
        std::filesystem::remove_all(folder_);
    }

    static ChildSpec spec(const std::string& what) {
        ChildSpec result;
        result.service = "posts";
        result.library = "posts.so";
        result.plugin_id = "posts";
        result.order.config_json = what;
        result.order.drain_timeout = std::chrono::milliseconds(0);
        return result;
    }
    std::optional<Error> start(const std::string& what) {
        keeper_ = std::make_unique<Keeper>(spec(what), surroundings_);
        return keeper_->wait_until_up();
    }
    // What answers where requests go: a process's number; 0 if nobody does.
    std::int64_t ask() const {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = endpoints_.path();
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) return 0;
        ::send(socket.get(), "GET", 3, MSG_NOSIGNAL);
        std::string answer;
        std::array<char, 256> buffer{};
        for (ssize_t got = 1; (got = ::recv(socket.get(), buffer.data(), buffer.size(), 0)) > 0;) {
            answer.append(buffer.data(), static_cast<std::size_t>(got));
        }
        const std::size_t body = answer.find("\r\n\r\n");
        return body == std::string::npos ? 0 : std::stoll(answer.substr(body + 4));
    }
    std::int64_t pid() const { return keeper_->status().pid; }
    bool is_up_again(std::int64_t before) const {
        return eventually([&] {
            const ChildStatus status = keeper_->status();
            return status.state == ChildState::up && status.pid != before;
        });
    }
    std::vector<std::string> ends() {
        const std::scoped_lock lock(mutex_);
        return ends_;
    }

    std::filesystem::path folder_;
    FakeEndpoints endpoints_;
    Surroundings surroundings_;
    std::mutex mutex_;
    std::vector<std::string> said_, ends_;
    std::unique_ptr<Keeper> keeper_;
};

TEST_F(KeeperTest, RequestsReachTheChildOnceItServes) {
    ASSERT_FALSE(start("serve"));
    EXPECT_EQ(ask(), pid());
    const ChildStatus status = keeper_->status();
    EXPECT_EQ(status.state, ChildState::up);
    EXPECT_EQ(status.greeting.version, "1.0.0");
    EXPECT_EQ(status.restarts, 0u);
}

struct BadStart {
    const char* what;
    const char* why;
    std::chrono::seconds start_timeout = 20s;  // a program with ThreadSanitizer takes a second to exit
};
class BadStartTest : public KeeperTest, public ::testing::WithParamInterface<BadStart> {};

TEST_P(BadStartTest, IsReportedWithItsReasonAndNotTriedAgain) {
    surroundings_.start_timeout = GetParam().start_timeout;
    const auto error = start(GetParam().what);
    ASSERT_TRUE(error);
    EXPECT_NE(error->message.find(GetParam().why), std::string::npos) << error->message;
    EXPECT_TRUE(eventually([&] { return keeper_->is_stopped(); }));
    EXPECT_EQ(endpoints_.path(), "");
}

constexpr BadStart kBadStarts[] = {
    {"exit", "before I go"},
    {"refuse", "no database"},
    {"stranger", "it is the plugin \"stranger\", not \"posts\""},
    {"silent", "not ready in time", 1s},
};
INSTANTIATE_TEST_SUITE_P(Table, BadStartTest, ::testing::ValuesIn(kBadStarts),
                         [](const auto& row) { return std::string(row.param.what); });

TEST_F(KeeperTest, AProgramThatIsNotThereIsReported) {
    surroundings_.program = "/no/such/program";
    EXPECT_TRUE(start("serve"));
}

TEST_F(KeeperTest, AKilledChildIsStartedAgain) {
    ASSERT_FALSE(start("serve"));
    const auto before = pid();
    ::kill(static_cast<pid_t>(before), SIGKILL);
    ASSERT_TRUE(is_up_again(before));
    EXPECT_EQ(ask(), pid());
    EXPECT_EQ(keeper_->status().restarts, 1u);
    EXPECT_EQ(keeper_->status().last_end, "killed by SIGKILL");
    EXPECT_EQ(ends(), std::vector<std::string>{"signal"});
}

TEST_F(KeeperTest, AChildThatStandsStillIsKilledAndStartedAgain) {
    surroundings_.probe_limit = 50ms;
    ASSERT_FALSE(start("serve"));
    const auto before = pid();
    ::kill(static_cast<pid_t>(before), SIGSTOP);
    ASSERT_TRUE(is_up_again(before));
    EXPECT_FALSE(is_alive(before));
    EXPECT_EQ(ends(), std::vector<std::string>{"hang"});
}

TEST_F(KeeperTest, AChildThatAnswersNobodyHangs) {
    surroundings_.probe_limit = 20ms;
    ASSERT_FALSE(start("deaf"));
    EXPECT_TRUE(eventually([&] { return keeper_->status().restarts > 0; }));
}

TEST_F(KeeperTest, AnotherChildTakesOverBeforeTheOldOneGoes) {
    ASSERT_FALSE(start("serve"));
    const auto before = pid();
    endpoints_.has_left_ = false;
    ChildSpec next = spec("serve");
    next.order.workers = 9;
    keeper_->want(next);
    ASSERT_FALSE(keeper_->wait_until_up());
    EXPECT_NE(pid(), before);
    EXPECT_EQ(ask(), pid());
    EXPECT_EQ(keeper_->spec(), next);
    EXPECT_TRUE(is_alive(before)) << "requests are still on their way to it";
    endpoints_.has_left_ = true;
    EXPECT_TRUE(eventually([&] { return !is_alive(before); }));
    EXPECT_TRUE(ends().empty()) << "giving way is no crash";
}

TEST_F(KeeperTest, AFailedReplacementChangesNothing) {
    ASSERT_FALSE(start("serve"));
    const auto before = pid();
    keeper_->want(spec("refuse"));
    const auto error = keeper_->wait_until_up();
    ASSERT_TRUE(error);
    EXPECT_NE(error->message.find("no database"), std::string::npos);
    EXPECT_EQ(pid(), before);
    EXPECT_EQ(ask(), before);
    EXPECT_EQ(keeper_->spec(), spec("serve"));
    EXPECT_FALSE(keeper_->wait_until_up()) << "told once";
}

TEST_F(KeeperTest, ARetiredChildServesUntilNoRequestCanReachIt) {
    ASSERT_FALSE(start("serve"));
    const auto before = pid();
    endpoints_.is_forgotten_ = false;
    keeper_->retire();
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(ask(), before);
    endpoints_.is_forgotten_ = true;
    keeper_->wait_until_stopped();
    EXPECT_FALSE(is_alive(before));
    EXPECT_EQ(endpoints_.path(), "");
}

TEST_F(KeeperTest, ARetirementCanBeTakenBack) {
    ASSERT_FALSE(start("serve"));
    const auto before = pid();
    endpoints_.is_forgotten_ = false;
    keeper_->retire();
    EXPECT_TRUE(keeper_->revive());
    endpoints_.is_forgotten_ = true;
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(ask(), before);
    keeper_->retire();
    keeper_->wait_until_stopped();
    EXPECT_FALSE(keeper_->revive());
}

TEST_F(KeeperTest, AChildThatIgnoresItsEndIsKilledAtTheDeadline) {
    ASSERT_FALSE(start("stubborn"));
    const auto before = pid();
    keeper_->stop(Clock::now() + 100ms);
    keeper_->wait_until_stopped();
    EXPECT_FALSE(is_alive(before));
}

TEST_F(KeeperTest, NothingSecretIsOnTheCommandLineOrInTheEnvironment) {
    keeper_ = nullptr;
    ChildSpec secret = spec("serve");
    secret.order.assertion_key = "a-very-secret-key-of-thirty-two-bytes";
    keeper_ = std::make_unique<Keeper>(secret, surroundings_);
    ASSERT_FALSE(keeper_->wait_until_up());
    for (const char* name : {"cmdline", "environ"}) {
        std::ifstream file("/proc/" + std::to_string(pid()) + "/" + name);
        const std::string text(std::istreambuf_iterator<char>(file), {});
        EXPECT_EQ(text.find("secret-key"), std::string::npos) << name;
    }
}

TEST_F(KeeperTest, TheChildInheritsNothingButItsDescriptors) {
    const Descriptor ours(::socket(AF_UNIX, SOCK_STREAM, 0));  // not close-on-exec
    ASSERT_FALSE(start("serve"));
    std::set<std::string> numbers;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(pid()) + "/fd")) {
        numbers.insert(entry.path().filename());
    }
    EXPECT_EQ(numbers, (std::set<std::string>{"0", "1", "2", "3", "4"}));
}

TEST(SupervisorTest, KeepsSeveralServicesAndForgetsThoseThatAreNotNamed) {
    FakeEndpoints endpoints;
    Surroundings surroundings;
    surroundings.program = FAKE_CHILD;
    surroundings.endpoints = &endpoints;
    auto made = Supervisor::create("/tmp", std::move(surroundings));
    ASSERT_TRUE(made);
    Supervisor& supervisor = **made;
    for (const char* name : {"posts", "users"}) {
        ChildSpec spec;
        spec.service = name;
        spec.order.config_json = "serve";
        spec.order.drain_timeout = std::chrono::milliseconds(0);
        supervisor.begin(spec);
    }
    EXPECT_FALSE(supervisor.wait_until_up("posts"));
    EXPECT_FALSE(supervisor.wait_until_up("users"));
    EXPECT_TRUE(supervisor.wait_until_up("nobody"));
    EXPECT_FALSE(supervisor.reload("posts"));
    supervisor.retire_all_but({"users"});
    EXPECT_FALSE(supervisor.runs("posts"));
    EXPECT_TRUE(supervisor.runs("users"));
    EXPECT_TRUE(eventually([&] { return supervisor.status().size() == 1; }));
    const auto pid = supervisor.status().front().pid;
    supervisor.stop_all(Clock::now() + 5s);
    EXPECT_FALSE(is_alive(pid));
}

}  // namespace
}  // namespace gatehouse::supervise
