#pragma once

#include <cstdlib>
#include <string>

// SQLite in memory, or what TEST_DATABASE names: TEST_DATABASE='postgresql://…?schema=test' ctest --test-dir build
inline std::string test_config() {
    const char* url = std::getenv("TEST_DATABASE");
    return std::string(R"({"database":")") + (url == nullptr ? "sqlite::memory:" : url) + R"("})";
}
