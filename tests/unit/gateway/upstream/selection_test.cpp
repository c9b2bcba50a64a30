#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <future>
#include <thread>

#include "gateway/upstream/fetch.hpp"
#include "gateway/upstream/upstreams.hpp"
#include "tests/unit/support/test_directory.hpp"

namespace gatehouse::upstream {
namespace {

config::Endpoint http(std::uint16_t port) {
    config::Endpoint endpoint;
    endpoint.kind = config::Endpoint::Kind::http;
    endpoint.host = "127.0.0.1";
    endpoint.port = port;
    return endpoint;
}

config::Endpoint library(config::Endpoint::Kind kind) {
    config::Endpoint endpoint;
    endpoint.kind = kind;
    endpoint.plugin = "posts";
    return endpoint;
}

config::Service service(std::vector<config::Endpoint> at, std::vector<std::uint32_t> weights) {
    config::Service result;
    result.name = "posts";
    result.at = std::move(at);
    result.weights = std::move(weights);
    return result;
}

// A child process that answers each connection's requests with its name, until it dies.
class FakeChild final {
public:
    FakeChild(const std::filesystem::path& path, std::string name)
        : path_(path), name_(std::move(name)), socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const Address address = unix_address(path_.string()).at(0);
        EXPECT_EQ(
            ::bind(socket_, reinterpret_cast<const sockaddr*>(&address.storage), static_cast<socklen_t>(address.size)),
            0);
        EXPECT_EQ(::listen(socket_, 16), 0);
        thread_ = std::thread([this] { serve(); });
    }
    ~FakeChild() { die(); }
    void die() {
        if (!thread_.joinable()) return;
        ::shutdown(socket_, SHUT_RDWR);
        thread_.join();
        for (const int connection : connections_) ::shutdown(connection, SHUT_RDWR);
        for (std::thread& worker : workers_) worker.join();
        ::close(socket_);
        for (const int connection : connections_) ::close(connection);
        ::unlink(path_.c_str());
    }
    int accepted() const { return accepted_; }
    std::vector<Address> addresses() const { return unix_address(path_.string()); }

private:
    void serve() {
        for (;;) {
            const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
            if (connection < 0) return;
            connections_.push_back(connection);
            ++accepted_;
            workers_.emplace_back([this, connection] { answer(connection); });
        }
    }

    void answer(int connection) const {
        std::string seen;
        std::array<char, 4096> buffer{};
        for (;;) {
            const auto got = ::recv(connection, buffer.data(), buffer.size(), 0);
            if (got <= 0) return;
            seen.append(buffer.data(), static_cast<std::size_t>(got));
            if (!seen.ends_with("\r\n\r\n")) continue;
            seen.clear();
            const std::string answer = "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n" + name_;
            ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
        }
    }

    std::filesystem::path path_;
    std::string name_;
    int socket_;
    std::vector<int> connections_;
    std::vector<std::thread> workers_;
    std::atomic<int> accepted_{0};
    std::thread thread_;
};

class SelectionTest : public ::testing::Test {
protected:
    SelectionTest() : upstreams_(loop_, directory_), thread_([this] { loop_.run(); }) {}
    ~SelectionTest() override {
        on_loop([&] { upstreams_.close_idle(); });
        on_loop([] {});
        loop_.stop();
        thread_.join();
    }

    template <class Work>
    void on_loop(Work&& work) {
        std::promise<void> done;
        loop_.post([&] {
            work();
            done.set_value();
        });
        done.get_future().wait();
    }

    std::string pick(const Cluster& cluster, int count) {
        std::string text;
        on_loop([&] {
            for (int i = 0; i < count; ++i) {
                Selection selection(loop_, cluster);
                const std::size_t chosen = selection.next();
                text += chosen == Selection::kNone ? '-' : static_cast<char>('a' + chosen);
            }
        });
        return text;
    }

    Fetched fetch_from(const Cluster& cluster) {
        FetchRequest request;
        request.target = "/";
        request.deadline = Clock::now() + 2s;
        std::promise<Fetched> promise;
        loop_.post([&] { spawn(run(cluster, request, promise)); });
        return promise.get_future().get();
    }
    Task<> run(const Cluster& cluster, const FetchRequest& request, std::promise<Fetched>& promise) {
        Fetched fetched = co_await fetch(loop_, cluster, request);
        promise.set_value(std::move(fetched));
    }

    const TestDirectory temporary_;
    const std::filesystem::path folder_ = temporary_.path();
    IoLoop loop_{0};
    Directory directory_;
    Upstreams upstreams_;
    std::thread thread_;
};

TEST_F(SelectionTest, TakesTurnsWithoutWeights) {
    const Cluster cluster(service({http(1), http(2), http(3)}, {}));
    on_loop([&] { upstreams_.attach(cluster); });
    EXPECT_EQ(pick(cluster, 6), "abcabc");
}

TEST_F(SelectionTest, FollowsWeightsSmoothly) {
    const Cluster cluster(service({http(1), http(2), http(3)}, {5, 1, 1}));
    on_loop([&] { upstreams_.attach(cluster); });
    EXPECT_EQ(pick(cluster, 7), "aabacaa");
}

TEST_F(SelectionTest, NeverPicksAWeightOfZeroNorThePlugin) {
    const Cluster cluster(service({library(config::Endpoint::Kind::plugin), http(1), http(2)}, {9, 0, 1}));
    ASSERT_EQ(cluster.endpoints().size(), 2u);
    on_loop([&] { upstreams_.attach(cluster); });
    EXPECT_EQ(pick(cluster, 3), "bbb");
}

TEST_F(SelectionTest, AChildThatIsNotThereIsBeingRestarted) {
    const Cluster cluster(service({library(config::Endpoint::Kind::spawn)}, {}));
    on_loop([&] { upstreams_.attach(cluster); });
    on_loop([&] { EXPECT_FALSE(is_reachable(cluster, 0)); });
    EXPECT_EQ(fetch_from(cluster).outcome, Outcome::restarting);
}

TEST_F(SelectionTest, AChildThatDiedIsBeingRestartedAndTheNextOneAnswersAtOnce) {
    const Cluster cluster(service({library(config::Endpoint::Kind::spawn)}, {}));
    on_loop([&] { upstreams_.attach(cluster); });
    FakeChild first(folder_ / "1", "1");
    on_loop([&] { upstreams_.set_spawned("posts", first.addresses()); });
    EXPECT_EQ(fetch_from(cluster).body, "1");
    first.die();
    EXPECT_EQ(fetch_from(cluster).outcome, Outcome::restarting);
    EXPECT_EQ(fetch_from(cluster).outcome, Outcome::restarting);
    FakeChild second(folder_ / "2", "2");
    on_loop([&] { upstreams_.set_spawned("posts", second.addresses()); });
    EXPECT_EQ(fetch_from(cluster).body, "2") << "the pool's back-off was meant for the first one";
}

TEST_F(SelectionTest, NoRequestReachesTheOldChildAfterTheSwitch) {
    const Cluster cluster(service({library(config::Endpoint::Kind::spawn)}, {}));
    on_loop([&] { upstreams_.attach(cluster); });
    FakeChild first(folder_ / "1", "1");
    FakeChild second(folder_ / "2", "2");
    on_loop([&] { upstreams_.set_spawned("posts", first.addresses()); });
    EXPECT_EQ(fetch_from(cluster).body, "1");
    Lease held;
    on_loop([&] { held = Selection(loop_, cluster).pool(0).take_idle(); });
    ASSERT_TRUE(held);
    on_loop([&] {
        upstreams_.set_spawned("posts", second.addresses());
        EXPECT_FALSE(upstreams_.has_left_old("posts"));
    });
    EXPECT_EQ(fetch_from(cluster).body, "2");
    on_loop([&] {
        held.keep();
        EXPECT_TRUE(upstreams_.has_left_old("posts"));
    });
    for (int i = 0; i < 5; ++i) EXPECT_EQ(fetch_from(cluster).body, "2");
}

TEST_F(SelectionTest, AReloadKnowsWhereTheChildIs) {
    FakeChild child(folder_ / "1", "1");
    on_loop([&] { upstreams_.set_spawned("posts", child.addresses()); });
    const Cluster before(service({http(1)}, {}));
    const Cluster after(service({library(config::Endpoint::Kind::spawn)}, {}));
    on_loop([&] {
        upstreams_.attach(before);
        upstreams_.attach(after);
    });
    EXPECT_EQ(fetch_from(after).body, "1");
    EXPECT_EQ(child.accepted(), 1);
}

}  // namespace
}  // namespace gatehouse::upstream
