#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::observe {

enum class LogLevel : std::uint8_t { trace, debug, info, warn, error, off };

// One named value of a log line. Views: only for the duration of the call.
struct LogField {
    enum class Kind : std::uint8_t { text, integer, number, boolean };
    std::string_view key;
    Kind kind = Kind::text;
    std::string_view text;
    std::int64_t integer = 0;
    double number = 0;

    LogField(std::string_view name, std::string_view value) : key(name), text(value) {}
    LogField(std::string_view name, const char* value) : key(name), text(value) {}
    LogField(std::string_view name, const std::string& value) : key(name), text(value) {}
    LogField(std::string_view name, bool value) : key(name), kind(Kind::boolean), integer(value ? 1 : 0) {}
    template <std::integral T>
    LogField(std::string_view name, T value)
        : key(name), kind(Kind::integer), integer(static_cast<std::int64_t>(value)) {}
    LogField(std::string_view name, double value) : key(name), kind(Kind::number), number(value) {}
};

// Writes JSON lines {"time":…,"level":…,"message":…,fields…} on a thread of its own. The queue is bounded: when it is
// full the oldest line is lost and counted; a caller never waits. Values of redacted keys never reach the output.
class Logger final {
public:
    enum class Target : std::uint8_t { standard_output, standard_error, file, none };
    struct Options {
        Target to = Target::standard_error;
        std::string file;
        LogLevel level = LogLevel::info;
        std::size_t queue_lines = 8192;
        std::vector<std::string> redact;  // besides authorization, cookie, password and the like
    };
    explicit Logger(const Options& options);
    ~Logger();  // writes what is queued, for at most two seconds
    Logger(const Logger&) = delete;
    Logger& operator=(const Logger&) = delete;

    bool enabled(LogLevel level) const { return level >= level_.load(std::memory_order_relaxed); }
    LogLevel level() const { return level_.load(std::memory_order_relaxed); }
    void set_level(LogLevel level) { level_.store(level, std::memory_order_relaxed); }

    using Fields = std::initializer_list<LogField>;
    void debug(std::string_view message, Fields fields = {}) { log(LogLevel::debug, message, fields); }
    void info(std::string_view message, Fields fields = {}) { log(LogLevel::info, message, fields); }
    void warn(std::string_view message, Fields fields = {}) { log(LogLevel::warn, message, fields); }
    void error(std::string_view message, Fields fields = {}) { log(LogLevel::error, message, fields); }
    void log(LogLevel level, std::string_view message, Fields fields) {
        write(level, message, std::span<const LogField>(fields.begin(), fields.size()));
    }
    void write(LogLevel level, std::string_view message, std::span<const LogField> fields);
    // A line that another process of ours has written: passed on with one more field if it is JSON, else as a message.
    void forward(std::string_view line, std::string_view key, std::string_view value);

    // Opens the file again, for log rotation.
    void reopen();
    std::uint64_t dropped() const;

private:
    struct Sink;
    std::string format(LogLevel level, std::string_view message, std::span<const LogField> fields) const;
    bool is_redacted(std::string_view key) const;

    std::atomic<LogLevel> level_;
    std::vector<std::string> redact_;  // folded
    std::unique_ptr<Sink> sink_;
};

}  // namespace gatehouse::observe
