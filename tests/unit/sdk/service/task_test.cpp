// Handlers that are coroutines: what they answer, how they fail, and how they end when nobody waits any more.
#include <gatehouse/service.hpp>
#include <gatehouse/task.hpp>
#include <gatehouse/testing.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

namespace {

using namespace gatehouse;
using namespace std::chrono_literals;
using gatehouse::testing::Answer;
using gatehouse::testing::TestHost;
using ::testing::HasSubstr;

struct Word {
    std::string text;
};
constexpr auto describe(Word*) { return fields(field("text", &Word::text, min_length(1))); }

// Counts what is alive in coroutine frames.
struct Witness {
    explicit Witness(int& count_in) : count(&count_in) { ++*count; }
    Witness(const Witness& other) : count(other.count) { ++*count; }
    Witness& operator=(const Witness&) = delete;
    ~Witness() { --*count; }
    int* count;
};

int alive = 0;
int unwound = 0;

class Slow final : public Service {
public:
    explicit Slow(Context& context) : context_(context) {
        context.get("/later/{name}", &Slow::later).on_loop();
        context.get("/at_once", &Slow::at_once).on_loop();
        context.get("/nested", &Slow::nested).on_loop();
        context.get("/nothing", &Slow::nothing).on_loop();
        context.get("/fails/{how}", &Slow::fails).on_loop();
        context.post("/words", &Slow::keep).on_loop();
        context.get("/worker", &Slow::worker).on_loop();
        context.get("/worker_fails", &Slow::worker_fails).on_loop();
        context.get("/waits", &Slow::waits).on_loop();
        context.get("/stubborn", &Slow::stubborn).on_loop();
        context.post("/echo", &Slow::echo).on_loop().stream_in();
        context.get("/other_loop", &Slow::other_loop).on_loop();
        context.get("/lambda", [this]() -> task<Word> { co_return Word{std::string(context_.plugin_id())}; }).on_loop();
    }

    task<Word> later(PathParam<std::string> name) {
        const Witness witness(alive);
        co_await sleep_for(500ms);
        co_return Word{"hello, " + *name};
    }
    task<Word> at_once() { co_return Word{"now"}; }
    task<std::string> part(int number) {
        if (number == 3) throw NotFound("three");
        co_await sleep_for(10ms);
        co_return std::to_string(number);
    }
    task<Word> nested(const Request& request) {
        std::string text;
        for (int i = 0; i < request.query<int>("parts", 2); ++i) text += co_await part(i);
        co_return Word{text + std::string(request.path())};
    }
    task<> nothing() { co_await sleep_for(1ms); }
    task<Word> fails(PathParam<std::string> how) {
        const Witness witness(alive);
        if (*how == "before") throw Conflict("before");
        co_await sleep_for(1ms);
        if (*how == "after") throw Conflict("after");
        throw std::runtime_error("secret text");
    }
    task<Created<Word>> keep(User user, Word word) {
        co_await sleep_for(1ms);
        co_return Created<Word>(Word{user.name + ": " + word.text}, "/words/1");
    }
    task<Word> worker() {
        const gh_host* const host = context_.host();
        auto work = [host] { return host->loop_here(host) == nullptr ? std::string("off") : std::string("on"); };
        std::string where = co_await offload(work);
        auto nothing = [] {};
        co_await offload(nothing);
        co_return Word{where + (host->loop_here(host) == nullptr ? ", off" : ", on")};
    }
    task<Word> worker_fails() {
        auto work = []() -> int { throw Conflict("worker"); };
        co_return Word{std::to_string(co_await offload(work))};
    }
    task<Word> waits() {
        const Witness witness(alive);
        try {
            co_await sleep_for(1h);
        } catch (const Canceled&) {
            ++unwound;
            throw;
        }
        co_return Word{"too late"};
    }
    task<Word> stubborn() {
        for (int i = 0; i < 3; ++i) {
            try {
                co_await sleep_for(1h);
            } catch (const Canceled&) {
                ++unwound;
            }
        }
        co_return Word{"stubborn"};
    }
    task<> echo(StreamingRequest request) {
        const Witness witness(alive);
        request.start(Response(200));
        while (const auto piece = co_await request.next()) co_await request.send(std::string(piece->bytes()));
        request.finish();
        co_await sleep_for(1ms);
    }
    task<Word> other_loop() {
        const gh_host* const host = context_.host();
        co_await on_loop(host->loop_at(host, 0));
        co_return Word{"there"};
    }

private:
    Context& context_;
};

class TaskTest : public ::testing::Test {
protected:
    TaskTest() { alive = unwound = 0; }
    ~TaskTest() override {
        holder.reset();
        EXPECT_EQ(alive, 0) << "a coroutine's frame was not freed";
    }
    std::unique_ptr<TestHost> holder = std::make_unique<TestHost>(plugin_table<Slow>("slow", "1.0.0"));
    TestHost& host = *holder;
};

TEST_F(TaskTest, AnswersAfterItHasWaited) {
    const auto before = host.wall_time();
    const Answer answer = host.request("GET", "/later/ann").send();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"text":"hello, ann"})");
    EXPECT_EQ(host.wall_time() - before, 500ms);
    EXPECT_EQ(host.request("GET", "/at_once").send().body, R"({"text":"now"})");
    EXPECT_EQ(host.request("GET", "/lambda").send().body, R"({"text":"slow"})");
    EXPECT_EQ(host.request("GET", "/nothing").send().status, 204);
}

TEST_F(TaskTest, AwaitsOthersWithTheRequestStillThere) {
    EXPECT_EQ(host.request("GET", "/nested?parts=3").send().body, R"({"text":"012/nested"})");
    EXPECT_EQ(host.request("GET", "/nested?parts=4").send().status, 404);
    EXPECT_EQ(host.request("GET", "/nested?parts=x").send().status, 422);
}

TEST_F(TaskTest, ChecksItsArgumentsLikeAnyHandler) {
    EXPECT_EQ(host.request("POST", "/words").json(R"({"text":"x"})").send().status, 401);
    EXPECT_EQ(host.request("POST", "/words").as_user(7, "ann").json(R"({"text":""})").send().status, 422);
    const Answer kept = host.request("POST", "/words").as_user(7, "ann").json(R"({"text":"x"})").send();
    EXPECT_EQ(kept.status, 201);
    EXPECT_EQ(kept.header("location"), "/words/1");
    EXPECT_EQ(kept.body, R"({"text":"ann: x"})");
}

TEST_F(TaskTest, FailuresAreSealed) {
    EXPECT_EQ(host.request("GET", "/fails/before").send().status, 409);
    EXPECT_EQ(host.request("GET", "/fails/after").send().status, 409);
    const Answer broken = host.request("GET", "/fails/badly").send();
    EXPECT_EQ(broken.status, 500);
    EXPECT_EQ(broken.body.find("secret"), std::string::npos);
    EXPECT_EQ(host.logs().back().field("error"), "secret text");
}

TEST_F(TaskTest, OffloadsToAWorkerAndComesBack) {
    EXPECT_EQ(host.request("GET", "/worker").send().body, R"({"text":"off, on"})");
    EXPECT_EQ(host.request("GET", "/worker_fails").send().status, 409);
    EXPECT_EQ(host.request("GET", "/other_loop").send().body, R"({"text":"there"})");
}

TEST_F(TaskTest, UnwindsWhenTheClientIsGone) {
    auto pending = host.request("GET", "/waits").begin();
    EXPECT_EQ(alive, 1);
    pending.cancel();
    EXPECT_TRUE(pending.is_ended());
    EXPECT_EQ(unwound, 1);
    EXPECT_EQ(pending.so_far().status, 503);
    EXPECT_EQ(host.logs().size(), 0u) << "no failure of the service's";
}

TEST_F(TaskTest, IsCanceledAgainWhenItAwaitsAgain) {
    auto pending = host.request("GET", "/stubborn").begin();
    pending.cancel(GH_E_TIMEOUT);
    EXPECT_TRUE(pending.is_ended());
    EXPECT_EQ(unwound, 3);
}

TEST_F(TaskTest, UnwindsAtTheDrainDeadline) {
    {
        TestHost draining(plugin_table<Slow>("slow", "1.0.0"));
        draining.request("GET", "/waits").begin();
        EXPECT_EQ(alive, 1);
    }
    EXPECT_EQ(alive, 0);
    EXPECT_EQ(unwound, 1);
}

TEST_F(TaskTest, StreamsBothWays) {
    EXPECT_EQ(host.request("POST", "/echo").chunks({"one ", "two ", "three ", "four"}).send().body,
              "one two three four");
    EXPECT_EQ(host.request("POST", "/echo").send().body, "");
}

TEST_F(TaskTest, GivesUpAStreamWhoseClientIsGone) {
    auto reading = host.request("POST", "/echo").chunks({"one "}).stalled().begin();
    EXPECT_EQ(reading.so_far().body, "one ");
    reading.cancel();
    EXPECT_TRUE(reading.so_far().aborted);
    EXPECT_EQ(alive, 0) << "it unwound at once";

    auto writing = host.request("POST", "/echo").chunks({"one ", "two "}).begin();
    auto blocked = host.request("POST", "/echo").chunks({"one ", "two "}).stalled().begin();
    blocked.stop_reading();
    blocked.cancel();
    EXPECT_TRUE(blocked.is_ended());
    EXPECT_EQ(writing.wait().body, "one two ");
}

class Blocking final : public Service {
public:
    explicit Blocking(Context& context) {
        context.get("/task", []() -> task<Word> { co_return Word{"x"}; });
    }
};

TEST(TaskDeclarationTest, RefusesATaskOnAWorker) {
    try {
        TestHost host(plugin_table<Blocking>("blocking", "1.0.0"));
        FAIL() << "create() succeeded";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("GET /task"));
    }
}

// What does not compile, and what does.
static_assert(detail::kIsTaskParameter<const Request&>);
static_assert(detail::kIsTaskParameter<PathParam<int>>);
static_assert(!detail::kIsTaskParameter<const PathParam<int>&>);
static_assert(!detail::kIsTaskParameter<const User&>);
static_assert(!detail::kIsTaskParameter<Word&&>);
template <class Work>
concept Offloadable = requires(Work&& work) {
    offload(std::forward<Work>(work));
};
struct Twice {
    int operator()() const { return 2; }
};
static_assert(Offloadable<Twice&>);
static_assert(!Offloadable<Twice>, "g++ 12 would destroy it twice");

}  // namespace
