#include <gatehouse/detail/json_in.hpp>

#include <gatehouse/detail/json_out.hpp>
#include <gatehouse/detail/request_values.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sdk/service/json_tree.hpp"

namespace gatehouse::detail {

namespace {

using Kind = JsonNode::Kind;

// Doubles hold every integer up to here exactly; 1e3 and 1.0 are integers (JSON Schema says so), 1e300 is not ours.
constexpr double kExactIntegerMax = 9007199254740992.0;

bool to_integer(const JsonNode& node, bool text_mode, std::int64_t& out, std::string& problem) {
    switch (node.kind) {
        case Kind::integer: out = node.integer; return true;
        case Kind::unsigned_integer: problem = "is out of range"; return false;
        case Kind::number:
            if (std::trunc(node.number) == node.number && std::abs(node.number) <= kExactIntegerMax) {
                out = static_cast<std::int64_t>(node.number);
                return true;
            }
            problem = std::abs(node.number) > kExactIntegerMax ? "is out of range" : "must be an integer";
            return false;
        case Kind::string:
            problem = text_mode ? parse_integer(node.text, out) : "must be an integer";
            return problem.empty();
        case Kind::null:
        case Kind::boolean:
        case Kind::array:
        case Kind::object: problem = "must be an integer"; return false;
    }
    return false;
}

template <class Number>
std::string describe_range(Number low, Number high, bool has_low, bool has_high) {
    JsonOut low_text;
    JsonOut high_text;
    low_text.value(low);
    high_text.value(high);
    if (has_low && has_high) return "must be between " + low_text.text() + " and " + high_text.text();
    if (has_low) return "must be at least " + low_text.text();
    return "must be at most " + high_text.text();
}

bool check_number(const JsonIn& in, double value, const ValueRules& rules) {
    if (value >= rules.minimum && value <= rules.maximum) return true;
    return in.fail(
        describe_range(rules.minimum, rules.maximum, std::isfinite(rules.minimum), std::isfinite(rules.maximum)));
}

bool check_integer(const JsonIn& in, std::int64_t value, const ValueRules& rules) {
    if (value >= rules.minimum_integer && value <= rules.maximum_integer) return true;
    return in.fail(describe_range(rules.minimum_integer, rules.maximum_integer,
                                  rules.minimum_integer != std::numeric_limits<std::int64_t>::min(),
                                  rules.maximum_integer != std::numeric_limits<std::int64_t>::max()));
}

std::string plural(std::size_t count, const char* noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

bool check_text(const JsonIn& in, std::string_view text, const ValueRules& rules) {
    if (text.find('\0') != std::string_view::npos) return in.fail("must not contain U+0000");
    const std::size_t length = count_code_points(text);
    if (length < rules.min_length) {
        return in.fail(rules.min_length == 1 ? "must not be empty"
                                             : "must have at least " + plural(rules.min_length, "character"));
    }
    if (length > rules.max_length) return in.fail("must have at most " + plural(rules.max_length, "character"));
    std::string problem = check_format(text, rules.format);
    return problem.empty() || in.fail(std::move(problem));
}

void write_node(JsonOut& out, const JsonNode& node) {
    switch (node.kind) {
        case Kind::null: out.null(); return;
        case Kind::boolean: out.value(node.boolean); return;
        case Kind::integer: out.value(node.integer); return;
        case Kind::unsigned_integer: out.value(node.unsigned_integer); return;
        case Kind::number: out.value(node.number); return;
        case Kind::string: out.value(std::string_view(node.text)); return;
        case Kind::array:
            out.begin_array();
            for (const JsonNode& child : node.children) write_node(out, child);
            out.end_array();
            return;
        case Kind::object:
            out.begin_object();
            for (const JsonNode& child : node.children) {
                out.key(child.name);
                write_node(out, child);
            }
            out.end_object();
            return;
    }
}

std::string escape_pointer(std::string_view token) {  // RFC 6901, 3
    std::string out;
    for (const char c : token) {
        if (c == '~') {
            out += "~0";
        } else if (c == '/') {
            out += "~1";
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace

bool JsonIn::is_null() const { return node_->kind == Kind::null; }
bool JsonIn::is_object() const { return node_->kind == Kind::object; }
bool JsonIn::is_array() const { return node_->kind == Kind::array; }
bool JsonIn::is_text_mode() const { return tree_->text_mode; }
bool JsonIn::is_query() const { return tree_->query; }

bool JsonIn::read(bool& out) const {
    if (node_->kind == Kind::boolean) {
        out = node_->boolean;
        return true;
    }
    if (tree_->text_mode && node_->kind == Kind::string) {
        std::string problem = parse_boolean(node_->text, out);
        return problem.empty() || fail(std::move(problem));
    }
    return fail("must be true or false");
}

bool JsonIn::read(std::int64_t& out, std::int64_t low, std::int64_t high, const ValueRules& rules) const {
    std::string problem;
    std::int64_t value = 0;
    if (!to_integer(*node_, tree_->text_mode, value, problem)) return fail(std::move(problem));
    if (!check_integer(*this, value, rules) || !check_number(*this, static_cast<double>(value), rules)) return false;
    if (value < low || value > high) return fail("is out of range");
    out = value;
    return true;
}

bool JsonIn::read(std::uint64_t& out, const ValueRules& rules) const {
    if (node_->kind == Kind::unsigned_integer) {
        if (rules.maximum_integer != std::numeric_limits<std::int64_t>::max()) return fail("is out of range");
        out = node_->unsigned_integer;
        return true;
    }
    std::int64_t value = 0;
    if (!read(value, 0, std::numeric_limits<std::int64_t>::max(), rules)) return false;
    out = static_cast<std::uint64_t>(value);
    return true;
}

bool JsonIn::read(double& out, const ValueRules& rules) const {
    double value = 0;
    if (node_->kind == Kind::number) {
        value = node_->number;
    } else if (node_->kind == Kind::integer) {
        value = static_cast<double>(node_->integer);
        if (!check_integer(*this, node_->integer, rules)) return false;
    } else if (node_->kind == Kind::unsigned_integer) {
        value = static_cast<double>(node_->unsigned_integer);
    } else if (tree_->text_mode && node_->kind == Kind::string) {
        if (std::string problem = parse_number(node_->text, value); !problem.empty()) return fail(std::move(problem));
    } else {
        return fail("must be a number");
    }
    if (!std::isfinite(value)) return fail("is out of range");
    if (!check_number(*this, value, rules)) return false;
    if (value < static_cast<double>(rules.minimum_integer) || value > static_cast<double>(rules.maximum_integer)) {
        return fail(describe_range(rules.minimum_integer, rules.maximum_integer,
                                   rules.minimum_integer != std::numeric_limits<std::int64_t>::min(),
                                   rules.maximum_integer != std::numeric_limits<std::int64_t>::max()));
    }
    out = value;
    return true;
}

bool JsonIn::read(std::string& out, const ValueRules& rules) const {
    if (node_->kind != Kind::string) return fail("must be a string");
    if (!check_text(*this, node_->text, rules)) return false;
    out = node_->text;
    return true;
}

bool JsonIn::read_raw(std::string& out) const {
    JsonOut json;
    write_node(json, *node_);
    out = json.take();
    return true;
}

bool JsonIn::size(std::size_t& out, const Rules& rules) const {
    const bool is_list = node_->kind == Kind::array || (tree_->text_mode && node_->kind == Kind::string);
    if (!is_list) return fail("must be an array");
    const std::size_t count = node_->children.size();
    if (count < rules.min_items) {
        return fail(rules.min_items == 1 ? "must not be empty"
                                         : "must have at least " + plural(rules.min_items, "item"));
    }
    if (count > rules.max_items) return fail("must have at most " + plural(rules.max_items, "item"));
    out = count;
    return true;
}

JsonIn JsonIn::element(std::size_t index) const {
    JsonIn child(tree_, &node_->children[index], errors_);
    child.parent_ = this;
    child.index_ = index;
    return child;
}

bool JsonIn::enter_object() const { return node_->kind == Kind::object || fail("must be an object"); }

JsonIn JsonIn::member(std::string_view name) const {
    JsonIn child(tree_, node_->find(name), errors_);
    child.parent_ = this;
    child.name_ = name;
    child.index_ = kMember;
    return child;
}

std::size_t JsonIn::member_count() const { return node_->children.size(); }
std::string_view JsonIn::member_name(std::size_t index) const { return node_->children[index].name; }

void JsonIn::refuse_unknown(const std::string_view* known, std::size_t count) const {
    if (tree_->unknown == UnknownFields::ignore) return;
    const bool is_config = tree_->unknown == UnknownFields::refuse_in_config && parent_ == nullptr;
    for (const JsonNode& child : node_->children) {
        if (is_config && child.name == "database") continue;
        if (std::find(known, known + count, child.name) == known + count) member(child.name).fail("is not known");
    }
}

bool JsonIn::fail(std::string detail) const {
    if (errors_->size() >= kFieldErrorsMax) return false;
    if (tree_->query) {
        const JsonIn* top = this;
        while (top->parent_ != nullptr && top->parent_->parent_ != nullptr) top = top->parent_;
        errors_->push_back({{}, std::move(detail), std::string(top->name_)});
    } else {
        errors_->push_back({pointer(), std::move(detail), {}});
    }
    return false;
}

std::string JsonIn::pointer() const {
    if (parent_ == nullptr) return {};
    const std::string token = index_ == kMember ? escape_pointer(name_) : std::to_string(index_);
    return parent_->pointer() + "/" + token;
}

JsonDocument::JsonDocument(std::string_view text, UnknownFields unknown) : tree_(std::make_unique<JsonTree>()) {
    tree_->root = parse_tree(text);
    tree_->unknown = unknown;
}

JsonDocument::JsonDocument(const Pairs& pairs, bool query) : tree_(std::make_unique<JsonTree>()) {
    tree_->root = tree_of(pairs);
    tree_->text_mode = true;
    tree_->query = query;
}

JsonDocument::~JsonDocument() = default;

JsonIn JsonDocument::root(std::vector<FieldError>& errors) const { return {tree_.get(), &tree_->root, &errors}; }

}  // namespace gatehouse::detail
