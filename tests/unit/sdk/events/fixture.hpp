// What every test of events starts from: an empty database of its own on the engine that this program tests.
#pragma once

#include <gtest/gtest.h>

#include <gatehouse/testing.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/unit/sdk/events/counter_service.hpp"

namespace gatehouse::events_test {

// The suite is one, the programs are two: each defines this function.
Engine engine_under_test();

using testing::TestHost;

class EventsTest : public ::testing::Test {
protected:
    EventsTest();
    ~EventsTest() override;

    bool on_postgresql() const { return engine_under_test() == Engine::postgresql; }

    // The service on this test's database; several may run at once.
    std::unique_ptr<TestHost> start(const std::string& event_options = "{}");
    TestHost& host();
    Database& database();  // of the service started last

    void add(const std::string& name) { add(host(), name); }
    void add(TestHost& to, const std::string& name);
    gh_status set(const std::string& name, std::int64_t value, const std::string& id);

    std::int64_t count(const std::string& from);
    std::string text(const std::string& sql);  // of one row
    // "counter/a 1" for each published event.
    std::vector<std::string> published() { return published(host()); }
    static std::vector<std::string> published(TestHost& by);
    static std::string describe(const testing::PublishedEvent& event);
    std::vector<std::string> effects();  // "a 1" for each, in order

    std::string url;
    std::filesystem::path directory;

private:
    std::unique_ptr<TestHost> host_;
};

}  // namespace gatehouse::events_test
