#include <gatehouse/kv.hpp>
#include <gatehouse/lease.hpp>
#include <gatehouse/service.hpp>
#include <gatehouse/testing.hpp>

#include <gtest/gtest.h>

namespace {

using namespace gatehouse;
using namespace std::chrono_literals;
using gatehouse::testing::TestHost;

struct Quote {
    std::string text;
    std::int64_t price = 0;
};
constexpr auto describe(Quote*) { return fields(field("text", &Quote::text), field("price", &Quote::price)); }

// The test speaks to the wrapper through routes: that is where it is used.
class Cache final : public Service {
public:
    explicit Cache(Context& context) : context_(context) {
        context.get("/worker", [this] { return step(context_.kv()); });
        context.get("/blocks", [this] { return step(context_.kv()); }).on_loop();
        context.get("/ask/{key}", [this](const PathParam<std::string>& key) { return ask(*key); }).on_loop();
        context.get("/asked", [this] { return asked; });
        context.get("/lease", [this] { return held; });
        context.post("/lease", [this] {
            lease = std::make_unique<Lease>(
                context_, "mailbox",
                LeaseEvents{.gained = [this](std::uint64_t) { held += "+"; }, .lost = [this] { held += "-"; }});
        });
        context.del("/lease", [this] { lease.reset(); });
    }
    static inline std::function<std::string(Kv)> step;

private:
    std::string ask(const std::string& key) {
        KvRequest request;
        request.key = key;
        asked = "waiting";
        context_.kv().ask(request, [this](const KvReply& reply) {
            asked = reply.status != GH_OK ? std::to_string(reply.status) : reply.value.value_or("(absent)");
        });
        return asked;
    }
    Context& context_;
    std::string asked, held;
    std::unique_ptr<Lease> lease;
};

class KvTest : public ::testing::Test {
protected:
    // Runs it on a worker; gives the answer's status and body.
    std::string on_worker(std::function<std::string(Kv)> step) {
        Cache::step = std::move(step);
        const auto answer = host.request("GET", "/worker").send();
        return answer.status == 200 ? answer.body : std::to_string(answer.status);
    }
    std::string get(const std::string& path) { return host.request("GET", path).send().body; }

    TestHost host{plugin_table<Cache>("cache", "1.0.0")};
};

TEST_F(KvTest, SetsReadsAndRemoves) {
    on_worker([](const Kv& kv) {
        EXPECT_FALSE(kv.get("key"));
        const auto version = kv.set("key", "value");
        EXPECT_EQ(kv.find("key")->version, version);
        EXPECT_EQ(kv.get("key"), "value");
        EXPECT_TRUE(kv.remove("key"));
        EXPECT_FALSE(kv.remove("key"));
        kv.set("empty", "");
        EXPECT_EQ(kv.get("empty"), "");
        return "";
    });
}

TEST_F(KvTest, ComparesBeforeItWrites) {
    on_worker([](const Kv& kv) {
        EXPECT_TRUE(kv.set_if_absent("key", "a"));
        EXPECT_FALSE(kv.set_if_absent("key", "b"));
        const auto version = kv.find("key")->version;
        EXPECT_FALSE(kv.set_if_version("key", version + 1, "c"));
        EXPECT_TRUE(kv.set_if_version("key", version, "c"));
        EXPECT_FALSE(kv.set_if_value("key", "a", "d"));
        EXPECT_TRUE(kv.set_if_value("key", "c", "d"));
        EXPECT_FALSE(kv.remove_if_version("key", version));
        EXPECT_FALSE(kv.remove_if_value("key", "c"));
        EXPECT_TRUE(kv.remove_if_value("key", "d"));
        EXPECT_TRUE(kv.set_if_version("key", 0, "e"));
        return "";
    });
}

TEST_F(KvTest, ForgetsByTheFakeClock) {
    on_worker([](const Kv& kv) {
        kv.set("short", "a", 10s);
        kv.increment("window", 5, 10s);
        kv.increment("window", 1, 1h);
        return "";
    });
    host.advance(9s);
    EXPECT_EQ(host.kv("short"), "a");
    EXPECT_EQ(host.kv("window"), "6");
    host.advance(1s);
    EXPECT_FALSE(host.kv("short"));
    EXPECT_FALSE(host.kv("window"));
}

TEST_F(KvTest, KeepsDescribedTypesAndTakesOldOnesForAbsent) {
    on_worker([](const Kv& kv) {
        kv.set_json("quote", Quote{"GH", 7});
        EXPECT_EQ(kv.get_json<Quote>("quote")->price, 7);
        kv.set("quote", R"({"text":"of an older version"})");
        EXPECT_FALSE(kv.get_json<Quote>("quote"));
        return "";
    });
}

TEST_F(KvTest, TellsWhyItFailed) {
    on_worker([](const Kv& kv) {
        kv.set("text", "ten");
        const auto status_of = [](const auto& action) -> gh_status {
            try {
                action();
            } catch (const KvFailed& failure) {
                return failure.status();
            }
            return GH_OK;
        };
        EXPECT_EQ(status_of([&] { kv.increment("text"); }), GH_E_INVALID);
        kv.set("most", std::to_string(INT64_MAX));
        EXPECT_EQ(status_of([&] { kv.increment("most"); }), GH_E_LIMIT);
        EXPECT_EQ(status_of([&] { kv.set("", "a"); }), GH_E_INVALID);
        EXPECT_EQ(status_of([&] { kv.set(std::string(513, 'k'), "a"); }), GH_E_INVALID);
        EXPECT_EQ(status_of([&] { kv.set("key", std::string(1024 * 1024 + 1, 'x')); }), GH_E_LIMIT);
        return "";
    });
}

TEST_F(KvTest, AStoreThatIsDownBecomes503) {
    host.fail_kv(GH_E_UNAVAILABLE);
    EXPECT_EQ(on_worker([](const Kv& kv) { return kv.get("key").value_or(""); }), "503");
    host.fail_kv(GH_OK);
    EXPECT_EQ(on_worker([](const Kv& kv) { return kv.get("key").value_or("back"); }), "\"back\"");
}

TEST_F(KvTest, RefusesToBlockALoop) {
    Cache::step = [](const Kv& kv) { return kv.get("key").value_or(""); };
    EXPECT_EQ(host.request("GET", "/blocks").send().status, 500);
}

TEST_F(KvTest, AsksOnALoopWithTheAnswerNowOrLater) {
    host.set_kv("key", "value");
    EXPECT_EQ(get("/ask/key"), "\"value\"");
    EXPECT_EQ(get("/ask/other"), "\"(absent)\"");
    host.answer_kv_later(true);
    EXPECT_EQ(get("/ask/key"), "\"waiting\"");
    EXPECT_EQ(get("/asked"), "\"value\"");
    host.fail_kv(GH_E_TIMEOUT);
    get("/ask/key");
    EXPECT_EQ(get("/asked"), "\"-5\"");
}

TEST_F(KvTest, ALeaseTellsWhatHappensUntilItIsGivenUp) {
    host.request("POST", "/lease").send();
    EXPECT_TRUE(host.holds_lease("mailbox"));
    host.take_lease("mailbox");
    EXPECT_FALSE(host.holds_lease("mailbox"));
    host.give_back_lease("mailbox");
    EXPECT_EQ(get("/lease"), "\"+-+\"");
    host.request("DELETE", "/lease").send();
    EXPECT_FALSE(host.holds_lease("mailbox"));
    host.take_lease("mailbox");
    EXPECT_EQ(get("/lease"), "\"+-+\"");
}

}  // namespace
