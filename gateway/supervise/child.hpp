#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/supervise/launch.hpp"
#include "gateway/supervise/line_reader.hpp"
#include "gateway/supervise/messages.hpp"

namespace gatehouse::supervise {

// One child process, from its start to its end.  [the thread that started it]
class Child final {
public:
    struct Plan {
        std::filesystem::path program;       // "/proc/self/exe"
        std::vector<std::string> arguments;  // from argv[0] on
        std::string socket_path;             // where it will be reached
        Order order;
    };
    static Result<std::unique_ptr<Child>> start(const Plan& plan);
    // Kills it if it still runs.
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    pid_t pid() const { return launched_.pid; }
    const std::string& socket_path() const { return socket_path_; }
    TimePoint started() const { return started_; }
    int process_descriptor() const { return launched_.process.get(); }
    // Negative once there is nothing more to come.
    int control_descriptor() const { return control_ended_ ? -1 : launched_.control.get(); }
    int output_descriptor() const { return output_ended_ ? -1 : launched_.output.get(); }

    // Reads what it has said, without waiting. say is called for every line.
    void read_output(const LineReader::Take& say);
    // The greeting, once it is there. An error ends the wait: the child will not serve.
    std::optional<Result<Greeting>> read_greeting();
    // The end of its output, for a report of why it could not start.
    std::string last_words() const;

    void signal(int number) const;
    // "killed by SIGKILL", "exited with status 2"; empty while it runs. Signals go nowhere afterwards.
    std::optional<std::string> reap();

private:
    Child(Launched launched, std::string socket_path);
    std::optional<Error> give(std::string_view order) const;

    Launched launched_;
    std::string socket_path_;
    TimePoint started_;
    LineReader output_, control_;
    bool output_ended_ = false, control_ended_ = false, is_reaped_ = false;
    std::deque<std::string> last_lines_;
};

}  // namespace gatehouse::supervise
