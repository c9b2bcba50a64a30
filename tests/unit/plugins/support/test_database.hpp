// The database that a service's unit tests run on: an empty PostgreSQL schema when GATEHOUSE_TEST_ENGINE says so (the
// server's address is then required in GATEHOUSE_TEST_POSTGRES), else a SQLite file of its own.
#pragma once

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>

#include "tests/unit/support/test_directory.hpp"

class TestDatabase final {
public:
    TestDatabase() {
        const char* const engine = std::getenv("GATEHOUSE_TEST_ENGINE");
        if (engine == nullptr || std::string(engine) == "sqlite") {
            directory_.emplace();
            url_ = "sqlite:" + (directory_->path() / "test.db").string();
            return;
        }
        const char* const server = std::getenv("GATEHOUSE_TEST_POSTGRES");
        if (server == nullptr)
            throw std::runtime_error("GATEHOUSE_TEST_POSTGRES is not set: run under tests/tools/with_postgres");
        static std::atomic<int> next{0};
        const std::string name = "t" + std::to_string(::getpid()) + "_" + std::to_string(next++);
        url_ = server;
        url_ += (url_.find('?') == std::string::npos ? "?schema=" : "&schema=") + name;
    }
    ~TestDatabase() = default;
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    const std::string& url() const { return url_; }

private:
    std::optional<TestDirectory> directory_;
    std::string url_;
};
