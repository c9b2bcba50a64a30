// What the operator sees and may do.
#include "tests/unit/sdk/events/fixture.hpp"

#include <boost/json.hpp>
#include <stdexcept>

namespace gatehouse::events_test {

namespace {

using namespace std::chrono_literals;
using counters::Counters;
using Lines = std::vector<std::string>;

class EventCommandsTest : public EventsTest {
protected:
    boost::json::value run(const std::string& command, const std::string& arguments = "{}") {
        const auto answer = host().admin(command, arguments);
        EXPECT_EQ(answer.status, GH_OK) << answer.json;
        return boost::json::parse(answer.json);
    }
    void bury(const std::string& name, std::int64_t value, const std::string& id) {
        Counters::after_effect = [](const Event&, const counters::Change&) { throw std::runtime_error("no"); };
        while (set(name, value, id) != GH_OK) host().advance(10min);
        Counters::after_effect = nullptr;
    }
};

TEST_F(EventCommandsTest, ListsTheOutbox) {
    host().on_publish(
        [](const testing::PublishedEvent& event) { return event.subject == "counter/a" ? GH_E_UNAVAILABLE : GH_OK; });
    add("a");
    add("b");
    static_cast<void>(published());
    const auto list = run("events.list");
    EXPECT_EQ(list.at("unsent"), 1);
    ASSERT_EQ(list.at("items").as_array().size(), 1U);
    EXPECT_EQ(list.at("items").at(0).at("state"), "waiting");
    EXPECT_EQ(list.at("items").at(0).at("subject"), "counter/a");
    EXPECT_EQ(run("events.list", R"({"state":"sent"})").at("items").at(0).at("subject"), "counter/b");
    EXPECT_EQ(run("events.list", R"({"state":"all","limit":1})").at("items").as_array().size(), 1U);
    EXPECT_EQ(host().admin("events.list", R"({"state":"lost"})").status, GH_E_INVALID);
}

TEST_F(EventCommandsTest, RedrivesADeadLetterById) {
    bury("a", 1, "1");
    bury("b", 2, "2");
    EXPECT_EQ(run("events.dead").at("total"), 2);
    EXPECT_EQ(run("events.dead").at("items").at(0).at("last_error"), "no");
    const auto answer = run("events.redrive", R"({"ids":["2","nobody"]})");
    EXPECT_EQ(answer.at("items").at(0).at("outcome"), "processed");
    EXPECT_EQ(answer.at("items").at(1).at("outcome"), "not found");
    EXPECT_EQ(effects(), Lines{"b 2"});
    EXPECT_EQ(run("events.dead").at("total"), 1);
    EXPECT_EQ(set("b", 2, "2"), GH_OK) << "a duplicate";
    EXPECT_EQ(effects(), Lines{"b 2"});
}

TEST_F(EventCommandsTest, ALetterThatFailsAgainStaysDead) {
    bury("a", 1, "1");
    Counters::after_effect = [](const Event&, const counters::Change&) { throw std::runtime_error("still no"); };
    const auto answer = run("events.redrive", R"({"all":true})");
    EXPECT_EQ(answer.at("items").at(0).at("outcome"), "failed");
    EXPECT_EQ(answer.at("items").at(0).at("error"), "still no");
    EXPECT_EQ(effects(), Lines{});
    EXPECT_EQ(run("events.dead").at("items").at(0).at("attempts"), 11);
    Counters::after_effect = nullptr;
    run("events.redrive", R"({"all":true})");
    EXPECT_EQ(effects(), Lines{"a 1"});
}

TEST_F(EventCommandsTest, SendsAgainWhatIsInTheOutbox) {
    add("a");
    add("b");
    const auto first = host().published().front().id;
    EXPECT_EQ(run("events.redrive", R"({"ids":[")" + first + R"("]})").at("items").at(0).at("outcome"), "to be sent");
    EXPECT_EQ(published(), (Lines{"counter/a 1", "counter/b 1", "counter/a 1"}));
    EXPECT_EQ(run("events.redrive", R"({"sent_within":"1h"})").at("to_be_sent"), 2);
    EXPECT_EQ(published().size(), 5U);
}

TEST_F(EventCommandsTest, RedrivingNothingIsAMistake) {
    EXPECT_EQ(host().admin("events.redrive").status, GH_E_INVALID);
}

}  // namespace
}  // namespace gatehouse::events_test
