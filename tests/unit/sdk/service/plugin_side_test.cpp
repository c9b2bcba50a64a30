// What a service offers to its operator and to its next generation, and what the wrapper refuses to declare.
#include <gatehouse/service.hpp>
#include <gatehouse/testing.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace {

using namespace gatehouse;
using gatehouse::testing::TestHost;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Redrive {
    std::string queue;
    int limit = 10;
};
constexpr auto describe(Redrive*) {
    return fields(field("queue", &Redrive::queue, min_length(1)),
                  field("limit", &Redrive::limit, optional_default, minimum(1)));
}

struct Counted {
    int count = 0;
};
constexpr auto describe(Counted*) { return fields(field("count", &Counted::count)); }

class Operated final : public Service, public Handover {
public:
    explicit Operated(Context& context) {
        context.admin_command("cache.clear", "Forgets the cache", &Operated::clear);
        context.admin_command("events.redrive", "Sends dead events again", &Operated::redrive);
        context.admin_command("broken", "Fails", []() -> Counted { throw std::runtime_error("secret text"); });
        context.admin_command("busy", "Is busy", [] { throw Conflict("Somebody else does it."); });
    }
    void clear() { count_ = 0; }
    Counted redrive(const Redrive& arguments) { return {count_ += arguments.limit}; }

    std::optional<State> export_state() override {
        if (count_ == 0) return std::nullopt;
        return State{"counted/1", std::to_string(count_)};
    }
    bool import_state(std::string_view schema, std::string_view bytes) override {
        if (schema != "counted/1") return false;
        count_ = std::stoi(std::string(bytes));
        return true;
    }

private:
    int count_ = 0;
};

const gh_plugin* operated() { return plugin_table<Operated>("operated", "1.0.0"); }

TEST(AdminCommandTest, AreNamedWithTheirArguments) {
    TestHost host(operated());
    const auto commands = host.admin_commands();
    ASSERT_EQ(commands.size(), 4u);
    EXPECT_EQ(commands[0].name, "cache.clear");
    EXPECT_EQ(commands[0].arguments_schema, "");
    EXPECT_EQ(commands[1].summary, "Sends dead events again");
    EXPECT_THAT(commands[1].arguments_schema, HasSubstr("\"queue\""));
}

TEST(AdminCommandTest, RunWithCheckedArguments) {
    TestHost host(operated());
    const auto done = host.admin("events.redrive", R"({"queue":"q","limit":3})");
    EXPECT_EQ(done.status, GH_OK);
    EXPECT_EQ(done.json, R"({"count":3})");
    EXPECT_EQ(host.admin("cache.clear").json, "{}");

    const auto bad = host.admin("events.redrive", R"({"limit":0})");
    EXPECT_EQ(bad.status, GH_E_INVALID);
    EXPECT_THAT(bad.json, HasSubstr("/queue"));
    EXPECT_THAT(bad.json, HasSubstr("/limit"));
    EXPECT_EQ(host.admin("events.redrive", R"({"queue":"q","extra":1})").status, GH_E_INVALID);
    EXPECT_EQ(host.admin("events.redrive", "[]").status, GH_E_INVALID);
}

TEST(AdminCommandTest, FailuresAreSealed) {
    TestHost host(operated());
    EXPECT_EQ(host.admin("unknown").status, GH_E_UNSUPPORTED);
    EXPECT_EQ(host.admin("busy").status, GH_E_STATE);
    const auto broken = host.admin("broken");
    EXPECT_EQ(broken.status, GH_E_INTERNAL);
    EXPECT_EQ(broken.json.find("secret"), std::string::npos);
    EXPECT_EQ(host.logs().back().field("error"), "secret text");
}

TEST(HandoverTest, GoesFromOneGenerationToTheNext) {
    TestHost old_one(operated());
    EXPECT_FALSE(old_one.export_state());
    old_one.admin("events.redrive", R"({"queue":"q","limit":41})");
    const auto state = old_one.export_state();
    ASSERT_TRUE(state);
    EXPECT_EQ(state->schema, "counted/1");

    TestHost next(operated());
    EXPECT_EQ(next.import_state(*state), GH_OK);
    EXPECT_EQ(next.admin("events.redrive", R"({"queue":"q","limit":1})").json, R"({"count":42})");
    EXPECT_EQ(next.import_state({"counted/2", "x"}), GH_E_UNSUPPORTED);
    EXPECT_EQ(next.import_state({"counted/1", "not a number"}), GH_E_INTERNAL);
}

class Plain final : public Service {
public:
    explicit Plain(Context& context) {
        context.get("/plain", [] { return Counted{1}; });
    }
};

TEST(HandoverTest, IsOfferedOnlyByServicesThatOptIn) {
    TestHost host(plugin_table<Plain>("plain", "1.0.0"));
    EXPECT_FALSE(host.export_state());
    EXPECT_EQ(host.import_state({"x", ""}), GH_E_UNSUPPORTED);
    EXPECT_THAT(host.admin_commands(), IsEmpty());
    EXPECT_EQ(host.admin("any").status, GH_E_UNSUPPORTED);
}

class BlockingStream final : public Service {
public:
    explicit BlockingStream(Context& context) {
        context.get("/stream", [](StreamingRequest request) { request.reply(Response(204)); });
    }
};

TEST(RouteDeclarationTest, RefusesAStreamingHandlerOnAWorker) {
    try {
        TestHost host(plugin_table<BlockingStream>("blocking", "1.0.0"));
        FAIL() << "create() succeeded";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("GET /stream"));
        EXPECT_THAT(error.what(), HasSubstr(".on_loop()"));
    }
}

}  // namespace
