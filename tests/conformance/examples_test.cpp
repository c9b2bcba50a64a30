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

}  // namespace
