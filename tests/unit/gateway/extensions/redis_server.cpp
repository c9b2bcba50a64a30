#include "tests/unit/gateway/extensions/redis_server.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "gateway/extensions/redis_connection.hpp"

namespace gatehouse::extensions {

RedisServer::RedisServer(std::vector<std::string> more_arguments) : more_arguments_(std::move(more_arguments)) {
    std::string name = (std::filesystem::temp_directory_path() / "gatehouse-redis-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no directory for redis-server";
    directory_ = name;
    start();
}

RedisServer::~RedisServer() {
    kill();
    std::filesystem::remove_all(directory_);
}

void RedisServer::start() {
    std::vector<std::string> texts = {"redis-server",
                                      "--port",
                                      "0",
                                      "--unixsocket",
                                      socket(),
                                      "--save",
                                      "",
                                      "--appendonly",
                                      "no",
                                      "--dir",
                                      directory_.string(),
                                      "--logfile",
                                      (directory_ / "log").string()};
    texts.insert(texts.end(), more_arguments_.begin(), more_arguments_.end());
    std::vector<char*> arguments;
    for (std::string& text : texts) arguments.push_back(text.data());
    arguments.push_back(nullptr);
    const pid_t parent = ::getpid();
    process_ = ::fork();
    if (process_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(1);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    const TimePoint deadline = Clock::now() + 20s;
    while (!answers()) {
        if (Clock::now() > deadline) {
            FAIL() << "redis-server does not answer (Debian's package redis-server has it)";
        }
        std::this_thread::sleep_for(5ms);
    }
}

void RedisServer::kill() {
    if (process_ == 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
    std::filesystem::remove(socket());
}

// An error reply (no password was given) is an answer too.
bool RedisServer::answers() const {
    RedisConnection connection({parse_redis_address(url()).operator*(), {}});
    return static_cast<bool>(connection.run({"PING"}, Clock::now() + 1s));
}

}  // namespace gatehouse::extensions
