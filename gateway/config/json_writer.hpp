#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::config {

// "text" with quotes, escaped as JSON wants it. REQUIRES: UTF-8.
std::string json_string(std::string_view text);

// Writes JSON piece by piece, keys in the order of the calls, indented by two spaces.
class JsonWriter final {
public:
    JsonWriter& begin_object() { return begin('{'); }
    JsonWriter& end_object() { return end('}'); }
    JsonWriter& begin_array() { return begin('['); }
    JsonWriter& end_array() { return end(']'); }
    JsonWriter& key(std::string_view name);
    JsonWriter& string(std::string_view text) { return raw(json_string(text)); }
    JsonWriter& number(std::int64_t value) { return raw(std::to_string(value)); }
    JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
    JsonWriter& null() { return raw("null"); }
    JsonWriter& strings(const std::vector<std::string>& texts);
    // REQUIRES: one complete JSON value.
    JsonWriter& raw(std::string_view json);

    std::string take() { return std::move(text_); }

private:
    JsonWriter& begin(char bracket);
    JsonWriter& end(char bracket);
    void separate();
    void new_line();

    std::string text_;
    std::vector<bool> has_items_;
    bool after_key_ = false;
};

}  // namespace gatehouse::config
