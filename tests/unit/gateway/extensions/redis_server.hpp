#pragma once

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/types.h>

namespace gatehouse::extensions {

// A redis-server of the test's own, on a Unix socket in a fresh directory; nothing is kept on disk.
class RedisServer final {
public:
    explicit RedisServer(std::vector<std::string> more_arguments = {});
    ~RedisServer();  // kills it
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;

    std::string url() const { return "redis+unix:" + socket(); }
    std::string socket() const { return (directory_ / "redis.sock").string(); }

    void start();  // waits until it answers
    void kill();
    void restart() {
        kill();
        start();
    }
    void pause() { ::kill(process_, SIGSTOP); }
    void resume() { ::kill(process_, SIGCONT); }

private:
    bool answers() const;

    std::filesystem::path directory_;
    std::vector<std::string> more_arguments_;
    pid_t process_ = 0;
};

}  // namespace gatehouse::extensions
