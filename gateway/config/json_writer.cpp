#include "gateway/config/json_writer.hpp"

namespace gatehouse::config {

std::string json_string(std::string_view text) {
    constexpr char kHex[] = "0123456789abcdef";
    std::string result = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        switch (c) {
            case '"': result += "\\\""; break;
            case '\\': result += "\\\\"; break;
            case '\n': result += "\\n"; break;
            case '\r': result += "\\r"; break;
            case '\t': result += "\\t"; break;
            default:
                if (byte < 0x20 || byte == 0x7F) {
                    result += "\\u00";
                    result += kHex[byte >> 4];
                    result += kHex[byte & 15];
                } else {
                    result += c;
                }
        }
    }
    return result + "\"";
}

JsonWriter& JsonWriter::key(std::string_view name) {
    separate();
    text_ += json_string(name);
    text_ += ": ";
    after_key_ = true;
    return *this;
}

JsonWriter& JsonWriter::strings(const std::vector<std::string>& texts) {
    begin_array();
    for (const std::string& text : texts) string(text);
    return end_array();
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    separate();
    text_ += json;
    return *this;
}

JsonWriter& JsonWriter::begin(char bracket) {
    separate();
    text_ += bracket;
    has_items_.push_back(false);
    return *this;
}

JsonWriter& JsonWriter::end(char bracket) {
    const bool had_items = has_items_.back();
    has_items_.pop_back();
    if (had_items) new_line();
    text_ += bracket;
    return *this;
}

void JsonWriter::separate() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (has_items_.empty()) return;
    if (has_items_.back()) text_ += ',';
    has_items_.back() = true;
    new_line();
}

void JsonWriter::new_line() {
    text_ += '\n';
    text_.append(has_items_.size() * 2, ' ');
}

}  // namespace gatehouse::config
