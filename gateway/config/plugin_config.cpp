#include "gateway/config/plugin_config.hpp"

#include <algorithm>

#include "gateway/base/ascii.hpp"
#include "gateway/config/database_url.hpp"
#include "gateway/config/json_writer.hpp"
#include "gateway/config/object_reader.hpp"
#include "gateway/config/reading.hpp"
#include "gateway/config/secrets.hpp"

namespace gatehouse::config {

namespace {

// JSON's own grammar: what it does not know (1_000, 0x10, 010, .5, 1:30) is text, or refused if it looks like a number.
bool is_json_number(std::string_view text) {
    std::size_t i = text.starts_with('-') ? 1 : 0;
    const auto digits = [&] {
        const std::size_t begin = i;
        while (i < text.size() && ascii::is_digit(text[i])) ++i;
        return i - begin;
    };
    const std::size_t first = i;
    const std::size_t whole = digits();
    if (whole == 0 || (whole > 1 && text[first] == '0')) return false;
    if (i < text.size() && text[i] == '.') {
        ++i;
        if (digits() == 0) return false;
    }
    if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        ++i;
        if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
        if (digits() == 0) return false;
    }
    return i == text.size();
}

// Digits that one YAML version reads as octal, hexadecimal or base 60 and another as text.
bool is_doubtful_number(std::string_view text) {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (text.size() < 2 || !ascii::is_digit(text.front())) return false;
    if (text.starts_with("0x") || text.starts_with("0o") || text.starts_with("0b")) return true;
    const bool is_leading_zero = text.front() == '0' && std::all_of(text.begin(), text.end(), ascii::is_digit);
    const bool is_grouped =
        std::all_of(text.begin(), text.end(), [](char c) { return ascii::is_digit(c) || c == '_'; });
    return is_leading_zero || is_grouped;
}

bool names_a_secret(std::string_view key) {
    for (const std::string_view word : {"secret", "password", "token"}) {
        if (key == word || key.ends_with("_" + std::string(word))) return true;
    }
    return false;
}

// The gateway does not know what the plugin expects there, so it cannot make it.
std::string cure(const std::string& reference) {
    if (reference.starts_with("env:")) return "set it: export " + reference.substr(4) + "=…";
    return "create it, readable by this user only: chmod 600 " + reference.substr(5);
}

// Writes the same value twice: as the plugin gets it, and as it may be shown.
class PluginConfigWriter final {
public:
    explicit PluginConfigWriter(Reading& reading) : reading_(reading) {}

    void write(const Node& node, std::string_view key) {
        switch (node.kind) {
            case Node::Kind::nothing: both("null"); return;
            case Node::Kind::scalar: write_scalar(node, key); return;
            case Node::Kind::list: write_list(node, key); return;
            case Node::Kind::map: write_map(node); return;
        }
    }

    void write_map(const Node& node, const std::string& extra = {}, const std::string& extra_shown = {}) {
        both("{");
        bool is_first = true;
        for (const Node::Entry& entry : node.entries) {
            if (!is_first) both(",");
            is_first = false;
            both(json_string(entry.key.text) + ":");
            write(entry.value, entry.key.text);
        }
        if (!extra.empty()) {
            if (!is_first) both(",");
            result_.json += extra;
            result_.shown += extra_shown;
        }
        both("}");
    }

    PluginConfig take() { return std::move(result_); }

private:
    void both(const std::string& text) {
        result_.json += text;
        result_.shown += text;
    }

    void write_list(const Node& node, std::string_view key) {
        both("[");
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            if (i > 0) both(",");
            write(node.items[i], key);
        }
        both("]");
    }

    void write_scalar(const Node& node, std::string_view key) {
        if (!node.is_quoted && (node.text == "true" || node.text == "false" || node.text == "null")) {
            both(node.text);
        } else if (!node.is_quoted && is_json_number(node.text)) {
            both(node.text);
        } else if (!node.is_quoted && is_doubtful_number(node.text)) {
            reading_.report.add(codes::malformed, node,
                                quoted(node.text) + " is not the same number in every YAML version", {},
                                "write a plain decimal number, or quote it: \"" + node.text + "\"");
            both("null");
        } else {
            write_string(node, key);
        }
    }

    void write_string(const Node& node, std::string_view key) {
        std::string text;
        if (!read_string(node, "a value", reading_.report, text)) {
            both("null");
        } else if (is_reference(text)) {
            const auto value = resolve_reference(text, reading_.base_directory);
            if (!value) reading_.report.add(codes::missing_secret, node, value.error().message, {}, cure(text));
            result_.json += json_string(value ? *value : std::string{});
            result_.shown += json_string(text);
        } else if (names_a_secret(key)) {
            reading_.report.add(codes::literal_secret, node, quoted(key) + " is written into the file",
                                "secrets are referred to", "write env:NAME or file:PATH");
            both("null");
        } else {
            result_.json += json_string(text);
            result_.shown += json_string(without_password(text));
        }
    }

    Reading& reading_;
    PluginConfig result_;
};

}  // namespace

PluginConfig read_plugin_config(const Node* node, const std::string& service, Reading& reading) {
    static const Node kEmpty = [] {
        Node empty;
        empty.kind = Node::Kind::map;
        return empty;
    }();
    if (node != nullptr && !node->is_map()) {
        reading.report.add(codes::wrong_type, *node, "config has to be an object with keys",
                           "this is " + std::string(kind_name(*node)));
        return {"{}", "{}"};
    }
    const Node& map = node != nullptr ? *node : kEmpty;
    PluginConfigWriter writer(reading);
    if (map.find("database") != nullptr) {
        writer.write_map(map);
    } else {
        const std::string url = database_of_service(reading.configuration.gateway.storage_default, service);
        writer.write_map(map, "\"database\":" + json_string(url), "\"database\":" + json_string(without_password(url)));
    }
    return writer.take();
}

}  // namespace gatehouse::config
