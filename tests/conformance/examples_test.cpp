// The example plugins, loaded as a host would load them.
#include <gatehouse/testing.hpp>

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace {

using gatehouse::testing::Answer;
using gatehouse::testing::TestHost;

// Unloaded after the host is gone.
class Library {
public:
    explicit Library(const char* path) : handle_(dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
        if (handle_ == nullptr) throw std::runtime_error(dlerror());
    }
    ~Library() { dlclose(handle_); }
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    [[nodiscard]] const gh_plugin* table() const {
        const auto entry = reinterpret_cast<gh_plugin_entry_fn>(dlsym(handle_, GH_PLUGIN_ENTRY_NAME));
        return entry == nullptr ? nullptr : entry();
    }

private:
    void* handle_;
};

const std::vector<std::string> kChunks = {"one ", "two ", "three ", "four ", "five"};

TEST(HelloCTest, AnswersAtOnce) {
    const Library library(HELLO_C);
    TestHost host(library.table());
    const Answer answer = host.request("GET", "/hello").send();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "Hello from C\n");
}

TEST(HelloCTest, AnswersLaterFromATimer) {
    const Library library(HELLO_C);
    TestHost host(library.table());
    const auto before = host.wall_time();
    EXPECT_EQ(host.request("GET", "/later").send().body, "Hello, later\n");
    EXPECT_EQ(host.wall_time() - before, std::chrono::milliseconds(500));
}

TEST(HelloCTest, StreamsTheBodyBack) {
    const Library library(HELLO_C);
    TestHost host(library.table());
    EXPECT_EQ(host.request("POST", "/echo").chunks(kChunks).send().body, "one two three four five");
    EXPECT_EQ(host.request("POST", "/echo").send().body, "");
}

TEST(HelloCppTest, GreetsByNameAndStyle) {
    const Library library(HELLO_CPP);
    TestHost host(library.table(), R"({"greeting":"Salut"})");
    EXPECT_EQ(host.request("GET", "/hello/ann").send().body, R"({"text":"Salut, ann"})");
    EXPECT_EQ(host.request("GET", "/hello/ann?shout=true").send().body, R"({"text":"SALUT, ANN"})");
    EXPECT_EQ(host.request("GET", "/hello/ann?shout=maybe").send().status, 422);
}

TEST(HelloCppTest, KeepsMessages) {
    const Library library(HELLO_CPP);
    TestHost host(library.table());
    EXPECT_EQ(host.request("POST", "/messages").json(R"({"text":"hi"})").send().status, 401);
    const Answer added = host.request("POST", "/messages").as_user(7, "ann").json(R"({"text":"hi"})").send();
    EXPECT_EQ(added.status, 201);
    EXPECT_EQ(added.header("location"), "/messages/0");
    EXPECT_EQ(host.request("GET", "/messages").send().body, R"([{"text":"ann: hi"}])");
    EXPECT_EQ(host.metric("hello_messages_total"), 1);
}

TEST(HelloCppTest, StreamsWithBackPressure) {
    const Library library(HELLO_CPP);
    TestHost host(library.table());
    EXPECT_EQ(host.request("GET", "/countdown/5").send().body, "5\n4\n3\n2\n1\n");
    EXPECT_EQ(host.request("GET", "/countdown/0").send().body, "");
    EXPECT_EQ(host.request("GET", "/countdown/1000001").send().status, 404);
    EXPECT_EQ(host.request("POST", "/echo").chunks(kChunks).send().body, "one two three four five");
}

TEST(HelloCppTest, LoadsAgainAfterItWasUnloaded) {
    for (int generation = 0; generation < 20; ++generation) {
        const Library library(HELLO_CPP);
        TestHost host(library.table());
        EXPECT_EQ(host.request("GET", "/hello/ann").send().status, 200);
    }
}

TEST(TwoLanguagesTest, AsksEveryPeer) {
    const Library c(HELLO_C), caller(TWO_LANGUAGES);
    TestHost hello(c.table()), host(caller.table(), R"({"peers":["hello_c"]})");
    host.connect("hello_c", hello);
    EXPECT_EQ(host.request("GET", "/greetings").send().body, R"([{"from":"hello_c","text":"Hello from C"}])");
    EXPECT_EQ(host.request("GET", "/greetings/nobody").send().status, 404);
}

TEST(TwoLanguagesTest, IsUnavailableWithoutItsPeer) {
    const Library caller(TWO_LANGUAGES);
    TestHost host(caller.table(), R"({"peers":["hello_c"]})");
    const Answer answer = host.request("GET", "/greetings").send();
    EXPECT_EQ(answer.status, 503);
    EXPECT_TRUE(answer.has_header("retry-after"));
}

#ifdef HELLO_RUST
TEST(HelloRustTest, AnswersAtOnceInTextAndJson) {
    const Library library(HELLO_RUST);
    TestHost host(library.table());
    EXPECT_EQ(host.request("GET", "/hello").send().body, "Hello from Rust\n");
    const Answer answer = host.request("GET", "/greet/%22ann%22%0A").send();
    EXPECT_EQ(answer.body, R"({"text":"Hello, \"ann\"\u000a"})");
    EXPECT_EQ(answer.header("content-type"), "application/json");
}

TEST(HelloRustTest, AnswersLaterFromATimer) {
    const Library library(HELLO_RUST);
    TestHost host(library.table());
    const auto before = host.wall_time();
    EXPECT_EQ(host.request("GET", "/later").send().body, "Hello, later\n");
    EXPECT_EQ(host.wall_time() - before, std::chrono::milliseconds(500));
}

TEST(HelloRustTest, CountsPrimesOnAWorker) {
    const Library library(HELLO_RUST);
    TestHost host(library.table());
    EXPECT_EQ(host.request("GET", "/primes/100").send().body, R"({"below":100,"primes":25})");
    EXPECT_EQ(host.request("GET", "/primes/0").send().body, R"({"below":0,"primes":0})");
    for (const char* too_many : {"10000001", "99999999999999999999999"}) {
        EXPECT_EQ(host.request("GET", std::string("/primes/") + too_many).send().status, 422) << too_many;
    }
}

TEST(HelloRustTest, LoadsAgainAfterItWasUnloaded) {
    for (int generation = 0; generation < 20; ++generation) {
        const Library library(HELLO_RUST);
        TestHost host(library.table());
        EXPECT_EQ(host.request("GET", "/hello").send().status, 200);
    }
}

TEST(TwoLanguagesTest, UnderstandsAnAnswerFromRust) {
    const Library rust(HELLO_RUST), caller(TWO_LANGUAGES);
    TestHost hello(rust.table()), host(caller.table(), R"({"peers":["hello_rust"]})");
    host.connect("hello_rust", hello);
    EXPECT_EQ(host.request("GET", "/primes/1000").send().body, R"({"below":1000,"primes":168})");
    EXPECT_EQ(host.request("GET", "/primes/10000001").send().status, 422);
}
#endif

Answer greet(const gatehouse::testing::PeerRequest& request) {
    return {200, {{"content-type", "application/json"}}, R"({"text":"Hi from )" + request.target + R"("})"};
}

TEST(HelloCoroTest, AsksAnotherServiceWithoutBlocking) {
    const Library library(HELLO_CORO);
    TestHost host(library.table());
    EXPECT_EQ(host.request("GET", "/greet/ann").send().status, 503);
    host.on_call("hello", greet);
    EXPECT_EQ(host.request("GET", "/greet/ann").send().body, R"({"text":"Hi from /hello/ann"})");
    host.on_call_never("hello");
    auto pending = host.request("GET", "/greet/ann").begin();
    pending.cancel();
    EXPECT_TRUE(pending.is_ended());
}

TEST(HelloCoroTest, SleepsAndOffloads) {
    const Library library(HELLO_CORO);
    TestHost host(library.table());
    const auto before = host.wall_time();
    EXPECT_EQ(host.request("GET", "/later/100").send().body, R"({"text":"the sum is 5050"})");
    EXPECT_EQ(host.wall_time() - before, std::chrono::milliseconds(500));
}

TEST(HelloCoroTest, StreamsEvents) {
    const Library library(HELLO_CORO);
    TestHost host(library.table());
    EXPECT_EQ(host.request("GET", "/countdown/2").send().body,
              "retry: 2000\n\nevent: tick\nid: 2\ndata: 2\n\nevent: tick\nid: 1\ndata: 1\n\nretry: 100\n\n");
    auto follower = host.request("GET", "/follow").begin();
    EXPECT_EQ(host.request("POST", "/say").json(R"({"text":"hi"})").send().status, 204);
    host.advance(std::chrono::milliseconds(0));
    EXPECT_EQ(follower.so_far().body, "retry: 2000\n\nevent: said\ndata: {\"text\":\"hi\"}\n\n");
    host.drain();
    EXPECT_TRUE(follower.is_ended());
}

TEST(CallerCTest, AsksAnotherServiceWithoutBlocking) {
    const Library library(CALLER_C);
    TestHost host(library.table());
    for (const char* path : {"/fetch/ann", "/stream/ann"}) {
        EXPECT_EQ(host.request("GET", path).send().status, 503) << path;
    }
    host.on_call("hello", greet);
    for (const char* path : {"/fetch/ann", "/stream/ann"}) {
        EXPECT_EQ(host.request("GET", path).send().body, R"({"text":"Hi from /hello/ann"})") << path;
    }
    host.on_call_never("hello");
    for (const char* path : {"/fetch/ann", "/stream/ann"}) {
        auto pending = host.request("GET", path).begin();
        pending.cancel();
        EXPECT_TRUE(pending.is_ended()) << path;
    }
}

}  // namespace
