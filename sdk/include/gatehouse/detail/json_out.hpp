// Appends compact JSON to a string. Commas are its business.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace gatehouse::detail {

class JsonOut {
public:
    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }
    void key(std::string_view name);

    void null() { raw("null"); }
    void value(bool flag) { raw(flag ? "true" : "false"); }
    void value(std::int64_t number);
    void value(std::uint64_t number);
    void value(double number);
    void value(std::string_view text);  // invalid UTF-8 becomes U+FFFD
    void raw(std::string_view json);    // one complete value

    // One member of an object.
    template <class T>
    void member(std::string_view name, const T& content) {
        key(name);
        value(content);
    }

    [[nodiscard]] std::string take() { return std::move(text_); }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    void open(char bracket);
    void close(char bracket);
    void separate();

    std::string text_;
    bool comma_ = false;
};

}  // namespace gatehouse::detail
