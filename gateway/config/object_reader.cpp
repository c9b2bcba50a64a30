#include "gateway/config/object_reader.hpp"

#include <algorithm>
#include <cassert>

#include "gateway/config/suggest.hpp"

namespace gatehouse::config {

namespace {

std::string describe_bound(const Key& key, std::uint64_t bound) {
    if (key.type == Type::duration) return format_duration(std::chrono::milliseconds(static_cast<std::int64_t>(bound)));
    if (key.type == Type::size) return format_size(bound);
    return std::to_string(bound);
}

std::string describe_range(const Key& key) {
    if (key.least == key.most) return " is " + describe_bound(key, key.least);
    if (key.most == UINT64_MAX) return " is at least " + describe_bound(key, key.least);
    return " is between " + describe_bound(key, key.least) + " and " + describe_bound(key, key.most);
}

std::string list_choices(std::string_view choices) {
    const std::vector<std::string> all = split_choices(choices);
    std::string text;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i > 0) text += i + 1 == all.size() ? " or " : ", ";
        text += all[i];
    }
    return text;
}

}  // namespace

bool read_string(const Node& node, std::string_view what, Report& report, std::string& value) {
    if (!node.is_scalar()) {
        report.add(codes::wrong_type, node, std::string(what) + " has to be a string",
                   "this is " + std::string(kind_name(node)));
        return false;
    }
    if (is_ambiguous_word(node)) {
        report.add(codes::yaml_boolean, node, quoted(node.text) + " is not a string in every YAML version", {},
                   "quote it: \"" + node.text + "\"");
        return false;
    }
    value = node.text;
    return true;
}

std::vector<const Node*> read_string_list(const Node& node, std::string_view what, Report& report) {
    std::vector<const Node*> result;
    if (!node.is_list()) {
        report.add(codes::wrong_type, node, std::string(what) + " has to be a list",
                   "this is " + std::string(kind_name(node)), node.is_scalar() ? "write [" + node.text + "]" : "");
        return result;
    }
    for (const Node& item : node.items) {
        std::string ignored;
        if (read_string(item, "an item of " + std::string(what), report, ignored)) result.push_back(&item);
    }
    return result;
}

void report_value_error(const Node& node, const ValueError& error, Report& report) {
    switch (error.kind) {
        case ValueError::Kind::no_unit:
            report.add(codes::no_unit, node, quoted(node.text) + " has no unit", {}, error.help);
            return;
        case ValueError::Kind::malformed:
            report.add(codes::malformed, node, quoted(node.text) + " cannot be understood", {}, error.help);
            return;
        case ValueError::Kind::out_of_range:
            report.add(codes::out_of_range, node, quoted(node.text) + " is out of range", {}, error.help);
            return;
    }
}

ObjectReader::ObjectReader(const Node& node, const Object& object, Report& report)
    : node_(node), object_(object), report_(report), is_map_(node.is_map()) {
    if (is_map_) {
        check_keys();
        return;
    }
    report_.add(codes::wrong_type, node_, std::string(object_.title) + " has to be an object with keys",
                "this is " + std::string(kind_name(node_)));
}

void ObjectReader::check_keys() const {
    std::vector<std::string> probably_meant;
    for (const Node::Entry& entry : node_.entries) {
        const Key* key = object_.find(entry.key.text);
        if (key == nullptr) {
            report_.add(codes::unknown_key, entry.key, "unknown key " + quoted(entry.key.text),
                        std::string(object_.title) + " has no such key", did_you_mean(entry.key.text, object_.names()));
            probably_meant.push_back(closest(entry.key.text, object_.names()));
        } else if (key->type == Type::later) {
            report_.add(codes::not_supported, entry.key, quoted(entry.key.text) + " is not supported yet",
                        std::string(key->doc), "remove it");
        }
    }
    for (const Key& key : object_.keys) {
        if (!key.is_required || node_.find(key.name) != nullptr) continue;
        // What it has been mistyped as, or what will stand for it one day, has its finding already.
        if (std::find(probably_meant.begin(), probably_meant.end(), key.name) != probably_meant.end()) continue;
        if (has_later_key()) continue;
        report_.add(codes::missing_key, node_, std::string(object_.title) + " needs the key " + quoted(key.name),
                    std::string(key.doc));
    }
}

bool ObjectReader::has_later_key() const {
    return std::any_of(node_.entries.begin(), node_.entries.end(), [this](const Node::Entry& entry) {
        const Key* key = object_.find(entry.key.text);
        return key != nullptr && key->type == Type::later;
    });
}

const Key& ObjectReader::row(std::string_view name) const {
    const Key* key = object_.find(name);
    assert(key != nullptr);
    return *key;
}

void ObjectReader::read(std::string_view name, std::string& value) const {
    if (const Node* node = find(name)) read_string(*node, name, report_, value);
}

void ObjectReader::read(std::string_view name, bool& value) const {
    const Node* node = find(name);
    if (node == nullptr) return;
    if (node->is_scalar() && !node->is_quoted && (node->text == "true" || node->text == "false")) {
        value = node->text == "true";
        return;
    }
    report_.add(codes::wrong_type, *node, quoted(name) + " has to be true or false",
                node->is_scalar() ? "" : "this is " + std::string(kind_name(*node)));
}

void ObjectReader::check_range(const Key& key, const Node& node, std::uint64_t& target, std::uint64_t value) const {
    if (value >= key.least && value <= key.most) {
        target = value;
        return;
    }
    report_.add(codes::out_of_range, node, quoted(node.text) + " is out of range", {},
                quoted(key.name) + describe_range(key));
}

void ObjectReader::read(std::string_view name, std::uint64_t& value) const {
    const Node* node = find(name);
    std::string text;
    if (node == nullptr || !read_string(*node, name, report_, text)) return;
    const Key& key = row(name);
    const auto parsed = key.type == Type::size ? parse_size(text) : parse_whole_number(text);
    if (!parsed) {
        report_value_error(*node, parsed.error(), report_);
        return;
    }
    check_range(key, *node, value, *parsed);
}

void ObjectReader::read(std::string_view name, std::uint32_t& value) const {
    std::uint64_t wide = value;
    read(name, wide);
    value = static_cast<std::uint32_t>(wide);
}

void ObjectReader::read(std::string_view name, std::chrono::milliseconds& value) const {
    const Node* node = find(name);
    std::string text;
    if (node == nullptr || !read_string(*node, name, report_, text)) return;
    const Key& key = row(name);
    if (key.may_be_none && text == "none") {
        value = std::chrono::milliseconds(0);
        return;
    }
    const auto parsed = parse_duration(text);
    if (!parsed) {
        report_value_error(*node, parsed.error(), report_);
        return;
    }
    auto count = static_cast<std::uint64_t>(value.count());
    check_range(key, *node, count, static_cast<std::uint64_t>(parsed->count()));
    value = std::chrono::milliseconds(static_cast<std::int64_t>(count));
}

void ObjectReader::read(std::string_view name, Rate& value) const {
    const Node* node = find(name);
    std::string text;
    if (node == nullptr || !read_string(*node, name, report_, text)) return;
    const auto parsed = parse_rate(text);
    if (!parsed) {
        report_value_error(*node, parsed.error(), report_);
        return;
    }
    value = *parsed;
}

void ObjectReader::read(std::string_view name, std::vector<std::string>& value) const {
    const Node* node = find(name);
    if (node == nullptr) return;
    value.clear();
    for (const Node* item : read_string_list(*node, name, report_)) value.push_back(item->text);
}

void ObjectReader::read(std::string_view name, std::vector<std::uint32_t>& value) const {
    const Node* node = find(name);
    if (node == nullptr) return;
    std::vector<std::uint32_t> numbers;
    const std::vector<const Node*> items = read_string_list(*node, name, report_);
    for (const Node* item : items) {
        const auto parsed = parse_whole_number(item->text);
        std::uint64_t number = UINT64_MAX;
        if (parsed) {
            check_range(row(name), *item, number, *parsed);
        } else {
            report_value_error(*item, parsed.error(), report_);
        }
        if (number != UINT64_MAX) numbers.push_back(static_cast<std::uint32_t>(number));
    }
    if (node->is_list() && numbers.size() == node->items.size()) value = std::move(numbers);
}

std::string ObjectReader::choice(std::string_view name) const {
    const Key& key = row(name);
    std::string value(key.value);
    const Node* node = find(name);
    if (node == nullptr || !read_string(*node, name, report_, value)) return std::string(key.value);
    const std::vector<std::string> choices = split_choices(key.choices);
    if (std::find(choices.begin(), choices.end(), value) != choices.end()) return value;
    const std::vector<std::string> later = split_choices(key.later_choices);
    const std::string word = value.substr(0, value.find_first_of("(:"));
    if (std::find(later.begin(), later.end(), word) != later.end()) {
        report_.add(codes::not_supported, *node, quoted(value) + " is not supported yet", {},
                    "write " + list_choices(key.choices));
    } else {
        report_.add(codes::not_a_choice, *node, quoted(value) + " is not a choice of " + std::string(name), {},
                    "write " + list_choices(key.choices));
    }
    return std::string(key.value);
}

}  // namespace gatehouse::config
