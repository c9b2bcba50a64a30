#include "tests/unit/sdk/events/fixture.hpp"

#include <boost/json.hpp>
#include <cstdlib>
#include <gatehouse/id.hpp>
#include <stdexcept>

namespace gatehouse::events_test {

using counters::Counters;

EventsTest::EventsTest() {
    std::string name = (std::filesystem::temp_directory_path() / "gatehouse-events-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    directory = name;
    url = "sqlite:" + (directory / "test.db").string();
    if (on_postgresql()) {
        const char* server = std::getenv("GATEHOUSE_TEST_POSTGRES");
        if (server == nullptr) {
            throw std::runtime_error("GATEHOUSE_TEST_POSTGRES is not set: run this with tests/tools/with_postgres");
        }
        std::string schema = "test_" + uuid7();
        std::erase(schema, '-');
        url = std::string(server) + "?schema=" + schema;
    }
    Counters::after_effect = nullptr;
}

EventsTest::~EventsTest() {
    host_.reset();
    std::filesystem::remove_all(directory);
}

std::unique_ptr<TestHost> EventsTest::start(const std::string& event_options) {
    return std::make_unique<TestHost>(counters::counters_plugin(),
                                      R"({"database":")" + url + R"(","events":)" + event_options + "}");
}

TestHost& EventsTest::host() {
    if (!host_) host_ = start();
    return *host_;
}

Database& EventsTest::database() {
    host();
    return Counters::latest->database();
}

void EventsTest::add(TestHost& to, const std::string& name) {
    ASSERT_EQ(to.request("POST", "/counters/" + name).send().status, 200);
}

gh_status EventsTest::set(const std::string& name, std::int64_t value, const std::string& id) {
    return host().deliver("counter.set", to_json(counters::Change{name, value}),
                          {.source = "elsewhere", .subject = "counter/" + name, .id = id});
}

std::int64_t EventsTest::count(const std::string& from) {
    return database().read(
        [&](Transaction& tx) { return tx.query("select count(*) from " + from).one<std::int64_t>(); });
}

std::string EventsTest::text(const std::string& sql) {
    return database().read([&](Transaction& tx) { return tx.query(sql).one<std::string>(); });
}

std::string EventsTest::describe(const testing::PublishedEvent& event) {
    return event.subject + " " + boost::json::serialize(event.json().at("value"));
}

std::vector<std::string> EventsTest::published(TestHost& by) {
    std::vector<std::string> result;
    for (const auto& event : by.published()) result.push_back(describe(event));
    return result;
}

std::vector<std::string> EventsTest::effects() {
    return database().read([&](Transaction& tx) {
        return tx.query("select name, value from effects order by number").all<std::string>([](const Row& row) {
            return row.get<std::string>(0) + " " + std::to_string(row.get<std::int64_t>(1));
        });
    });
}

}  // namespace gatehouse::events_test
