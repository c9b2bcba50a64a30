// What every storage test starts from: an empty database of its own on the engine that this program tests.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gatehouse/storage.hpp"
#include "migrations.hpp"

namespace gatehouse::storage_test {

// The suite is one, the programs are two: each defines this function.
Engine engine_under_test();

// A file in a fresh directory, or a fresh schema of the server in GATEHOUSE_TEST_POSTGRES.
std::string fresh_url(const std::filesystem::path& directory);

class StorageTest : public ::testing::Test {
protected:
    StorageTest();
    ~StorageTest() override;

    bool on_sqlite() const { return engine_under_test() == Engine::sqlite; }

    // Opened; more than one may be opened on the same data.
    std::unique_ptr<Database> open() { return open(options); }
    std::unique_ptr<Database> open(const DatabaseOptions& with) const;
    // With the suite's migrations applied.
    Database& database();

    void add_user(std::int64_t id, const std::string& email);
    std::int64_t count(const std::string& table);

    std::filesystem::path directory;
    DatabaseOptions options;

private:
    std::unique_ptr<Database> database_;
};

// Threads that start together; the destructor joins them.
class Crowd {
public:
    Crowd(int size, std::function<void(int)> work);
    ~Crowd() { join(); }
    void join();

private:
    std::vector<std::thread> threads_;
};

// Yields until `condition` holds; fails the test after ten seconds.
void wait_until(const std::function<bool()>& condition);

// A flag that one thread waits for.
class Signal {
public:
    void set() {
        flag_.store(true);
        flag_.notify_all();
    }
    void wait() const { flag_.wait(false); }

private:
    std::atomic<bool> flag_ = false;
};

inline constexpr char kInsertUser[] = "insert into users (id, email) values ($1, $2)";
// Never ends.
inline constexpr char kEndless[] =
    "with recursive numbers (n) as (select 1 union all select n + 1 from numbers) select count(*) from numbers where n "
    "< 0";

}  // namespace gatehouse::storage_test
