// Structured logs and metrics of a plugin; the host owns where they go.
//
//     context.log().warn("stock is low", {{"product", id}, {"left", left}});
#pragma once

#include <gatehouse/abi.h>

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse {

// Borrowed for the call. Never a secret, never a body.
class LogField {
public:
    LogField(std::string_view key, std::string_view value) : key_(key), kind_(Kind::text), text_(value) {}
    LogField(std::string_view key, const char* value) : LogField(key, std::string_view(value)) {}
    LogField(std::string_view key, const std::string& value) : LogField(key, std::string_view(value)) {}
    LogField(std::string_view key, bool value) : LogField(key, std::string_view(value ? "true" : "false")) {}
    LogField(std::string_view key, std::integral auto value)
        : key_(key), kind_(Kind::integer), integer_(static_cast<std::int64_t>(value)) {}
    LogField(std::string_view key, std::floating_point auto value)
        : key_(key), kind_(Kind::number), number_(static_cast<double>(value)) {}

    [[nodiscard]] std::string_view key() const { return key_; }
    // The value as text; scratch holds it when it has to be made.
    [[nodiscard]] std::string_view value(std::string& scratch) const;

private:
    enum class Kind { text, integer, number };
    std::string_view key_;
    Kind kind_;
    std::string_view text_;
    std::int64_t integer_ = 0;
    double number_ = 0;
};

// Thread-safe.
class Log {
public:
    explicit Log(const gh_host* host) : host_(host) {}
    void debug(std::string_view message, std::initializer_list<LogField> fields = {}) const;
    void info(std::string_view message, std::initializer_list<LogField> fields = {}) const;
    void warn(std::string_view message, std::initializer_list<LogField> fields = {}) const;
    void error(std::string_view message, std::initializer_list<LogField> fields = {}) const;

private:
    void write(int level, std::string_view message, std::initializer_list<LogField> fields) const;
    const gh_host* host_;
};

// Declared in the constructor through Context; thread-safe to use. Labels: as many values as names were declared.
class Metric {
public:
    Metric(const gh_host* host, std::uint32_t id, std::size_t labels) : host_(host), id_(id), labels_(labels) {}
    void add(double amount = 1, std::initializer_list<std::string_view> labels = {}) const { record(amount, labels); }
    void set(double value, std::initializer_list<std::string_view> labels = {}) const { record(value, labels); }
    void observe(double value, std::initializer_list<std::string_view> labels = {}) const { record(value, labels); }

private:
    void record(double value, std::initializer_list<std::string_view> labels) const;
    const gh_host* host_;
    std::uint32_t id_;
    std::size_t labels_;
};

}  // namespace gatehouse
