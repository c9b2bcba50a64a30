#include "gateway/observe/log.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>

#include <algorithm>
#include <chrono>
#include <csignal>

#include "gateway/base/ascii.hpp"
#include "gateway/observe/json_text.hpp"
#include "gateway/observe/output.hpp"
#include "gateway/observe/secrets.hpp"

namespace gatehouse::observe {

namespace {

constexpr std::chrono::seconds kStopWait{2};
constexpr std::size_t kMessageMax = 8 * 1024;  // octets of a message or value before it is cut

Output::Target output_target(Logger::Target target) {
    switch (target) {
        case Logger::Target::standard_output: return Output::Target::standard_output;
        case Logger::Target::standard_error: return Output::Target::standard_error;
        case Logger::Target::file: return Output::Target::file;
        case Logger::Target::none: return Output::Target::none;
    }
    return Output::Target::none;
}

std::string_view level_text(LogLevel level) {
    switch (level) {
        case LogLevel::trace: return "trace";
        case LogLevel::debug: return "debug";
        case LogLevel::info: return "info";
        case LogLevel::warn: return "warn";
        case LogLevel::error: return "error";
        case LogLevel::off: return "off";
    }
    return "off";
}

// Lines arrive complete; spdlog contributes the bounded queue and the thread.
class LineSink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit LineSink(Output& output) : output_(output) {}
    std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        if (!output_.write({message.payload.data(), message.payload.size()})) {
            lost_.fetch_add(1, std::memory_order_relaxed);
        }
    }
    void flush_() override {}

private:
    Output& output_;
    std::atomic<std::uint64_t> lost_{0};
};

void block_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

void append_value(std::string& line, const LogField& field) {
    switch (field.kind) {
        case LogField::Kind::text: append_json_string(line, field.text.substr(0, kMessageMax)); return;
        case LogField::Kind::integer: append_integer(line, field.integer); return;
        case LogField::Kind::number: append_json_number(line, field.number); return;
        case LogField::Kind::boolean: line.append(field.integer != 0 ? "true" : "false"); return;
    }
}

}  // namespace

struct Logger::Sink {
    explicit Sink(const Options& options)
        : output(output_target(options.to), options.file),
          lines(std::make_shared<LineSink>(output)),
          pool(std::make_shared<spdlog::details::thread_pool>(options.queue_lines, 1, block_signals)),
          logger(std::make_shared<spdlog::async_logger>("gatehouse", lines, pool,
                                                        spdlog::async_overflow_policy::overrun_oldest)) {
        logger->set_level(spdlog::level::trace);
    }
    Output output;
    std::shared_ptr<LineSink> lines;
    std::shared_ptr<spdlog::details::thread_pool> pool;  // joined after everything queued was written or given up
    std::shared_ptr<spdlog::async_logger> logger;
};

Logger::Logger(const Options& options) : level_(options.level) {
    for (const std::string& name : options.redact) redact_.push_back(ascii::lower(name));
    if (options.to == Target::none) {
        level_ = LogLevel::off;
    } else {
        sink_ = std::make_unique<Sink>(options);
    }
}

Logger::~Logger() {
    if (sink_) sink_->output.give_up_at(std::chrono::steady_clock::now() + kStopWait);
}

bool Logger::is_redacted(std::string_view key) const {
    return is_secret_name(key) || std::any_of(redact_.begin(), redact_.end(), [key](const std::string& name) {
               return ascii::header_names_fold_equal(name, key);
           });
}

std::string Logger::format(LogLevel level, std::string_view message, std::span<const LogField> fields) const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    std::string line = R"({"time":")";
    append_rfc3339(line, std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
    line.append(R"(","level":")").append(level_text(level)).append(R"(","message":)");
    append_json_string(line, message.substr(0, kMessageMax));
    for (const LogField& field : fields) {
        line.push_back(',');
        append_json_string(line, field.key);
        line.push_back(':');
        if (is_redacted(field.key)) {
            append_json_string(line, kRedacted);
        } else {
            append_value(line, field);
        }
    }
    line.append("}\n");
    return line;
}

void Logger::write(LogLevel level, std::string_view message, std::span<const LogField> fields) {
    if (!enabled(level) || sink_ == nullptr) return;
    const std::string line = format(level, message, fields);
    sink_->logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

void Logger::forward(std::string_view line, std::string_view key, std::string_view value) {
    if (sink_ == nullptr) return;
    const bool is_json = line.size() > 2 && line.front() == '{' && line.back() == '}';
    if (!is_json) {
        info(line, {LogField(key, value)});
        return;
    }
    std::string text(line.substr(0, line.size() - 1));
    text.push_back(',');
    append_json_string(text, key);
    text.push_back(':');
    append_json_string(text, value);
    text.append("}\n");
    sink_->logger->log(spdlog::level::info, spdlog::string_view_t(text.data(), text.size()));
}

void Logger::reopen() {
    if (sink_) sink_->output.reopen();
}

std::uint64_t Logger::dropped() const { return sink_ ? sink_->pool->overrun_counter() + sink_->lines->lost() : 0; }

}  // namespace gatehouse::observe
