#include <gatehouse/detail/schemas.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace gatehouse::detail {

namespace {

// Appends members to an object given as text.
class Extend {
public:
    explicit Extend(std::string object) : object_(std::move(object)) { object_.pop_back(); }
    template <class T>
    void add(std::string_view name, const T& content) {
        JsonOut member;
        member.value(content);
        add_raw(name, member.text());
    }
    void add_raw(std::string_view name, std::string_view json) {
        if (object_ != "{") object_ += ',';
        object_.append("\"").append(name).append("\":").append(json);
    }
    std::string finish() { return std::move(object_) + "}"; }

private:
    std::string object_;
};

std::string_view format_name(Format format) {
    switch (format) {
        case Format::none: return "";
        case Format::email: return "email";
        case Format::date: return "date";
        case Format::date_time: return "date-time";
        case Format::uri: return "uri";
        case Format::uuid: return "uuid";
    }
    return "";
}

std::string with_value_rules(std::string schema, const ValueRules& rules) {
    Extend out(std::move(schema));
    if (rules.min_length > 0) out.add("minLength", static_cast<std::uint64_t>(rules.min_length));
    if (rules.max_length != std::numeric_limits<std::size_t>::max()) {
        out.add("maxLength", static_cast<std::uint64_t>(rules.max_length));
    }
    if (rules.minimum_integer != std::numeric_limits<std::int64_t>::min()) out.add("minimum", rules.minimum_integer);
    if (rules.maximum_integer != std::numeric_limits<std::int64_t>::max()) out.add("maximum", rules.maximum_integer);
    if (std::isfinite(rules.minimum)) out.add("minimum", rules.minimum);
    if (std::isfinite(rules.maximum)) out.add("maximum", rules.maximum);
    if (rules.format != Format::none) out.add("format", format_name(rules.format));
    return out.finish();
}

// Undoes Schemas::nullable().
std::string without_null(std::string schema) {
    constexpr std::string_view kList = R"({"type":[")";
    constexpr std::string_view kNull = R"(","null"])";
    constexpr std::string_view kAnyOf = R"({"anyOf":[)";
    constexpr std::string_view kOrNull = R"(,{"type":"null"}]})";
    if (schema.rfind(kList, 0) == 0) {
        const std::size_t null = schema.find(kNull);
        return R"({"type":")" + schema.substr(kList.size(), null - kList.size()) + "\"" +
               schema.substr(null + kNull.size());
    }
    if (schema.rfind(kAnyOf, 0) == 0 && schema.ends_with(kOrNull)) {
        return schema.substr(kAnyOf.size(), schema.size() - kAnyOf.size() - kOrNull.size());
    }
    return schema;
}

bool is_identifier(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

Schemas::Reference Schemas::begin(const void* type_key, std::string_view type_name) {
    const auto known = names_.find({type_key, direction_});
    if (known != names_.end()) return {R"({"$ref":")" + prefix_ + known->second + "\"}", known->second, false};
    const std::string base = short_type_name(type_name);
    const Direction other = direction_ == Direction::answer ? Direction::request : Direction::answer;
    const bool is_known_otherwise = names_.count({type_key, other}) != 0;
    const std::string first = is_known_otherwise ? base + (other == Direction::answer ? "Input" : "Output") : base;
    std::string name = first;
    for (int suffix = 2; definitions_.count(name) != 0; ++suffix) name = first + std::to_string(suffix);
    names_.emplace(std::pair(type_key, direction_), name);
    definitions_.emplace(name, "{}");
    return {R"({"$ref":")" + prefix_ + name + "\"}", name, true};
}

void Schemas::define(const std::string& name, std::string schema) { definitions_[name] = std::move(schema); }

std::string Schemas::standalone(std::string root) const {
    Extend out(std::move(root));
    out.add("$schema", std::string_view("https://json-schema.org/draft/2020-12/schema"));
    if (!definitions_.empty()) {
        JsonOut all;
        all.begin_object();
        for (const auto& [name, schema] : definitions_) {
            all.key(name);
            all.raw(schema);
        }
        all.end_object();
        out.add_raw("$defs", all.text());
    }
    return out.finish();
}

std::string Schemas::with_rules(std::string schema, const Rules& rules) {
    if (rules.refuses_null) schema = without_null(std::move(schema));
    constexpr std::string_view kItems = "\"items\":";
    const std::size_t items = schema.find(kItems);
    if (schema.rfind(R"({"type":)", 0) == 0 && items != std::string::npos) {  // an array: its last member is "items"
        const std::size_t begin = items + kItems.size();
        const std::string item = schema.substr(begin, schema.size() - begin - 1);
        schema = schema.substr(0, begin) + with_value_rules(item, rules.item) + "}";
    }
    Extend out(with_value_rules(std::move(schema), rules));
    if (rules.min_items > 0) out.add("minItems", static_cast<std::uint64_t>(rules.min_items));
    if (rules.max_items != std::numeric_limits<std::size_t>::max()) {
        out.add("maxItems", static_cast<std::uint64_t>(rules.max_items));
    }
    if (rules.read_only) out.add("readOnly", true);
    if (rules.write_only) out.add("writeOnly", true);
    std::string description(rules.description);
    if (!rules.demand.empty()) description.append(description.empty() ? "" : "; ").append(rules.demand);
    if (!description.empty()) out.add("description", std::string_view(description));
    if (!rules.example.empty()) {
        JsonOut examples;
        examples.begin_array();
        examples.value(rules.example);
        examples.end_array();
        out.add_raw("examples", examples.text());
    }
    return out.finish();
}

std::string Schemas::nullable(std::string schema) {
    constexpr std::string_view kSimple = R"({"type":")";
    const bool is_enum = schema.find(R"("enum":)") != std::string::npos;
    if (schema.rfind(kSimple, 0) == 0 && !is_enum) {
        const std::size_t end = schema.find('"', kSimple.size());
        return R"({"type":[")" + schema.substr(kSimple.size(), end - kSimple.size()) + R"(","null"])" +
               schema.substr(end + 1);
    }
    if (schema == "{}") return schema;
    return R"({"anyOf":[)" + schema + R"(,{"type":"null"}]})";
}

std::string Schemas::string_enum(const std::string_view* names, std::size_t count) {
    JsonOut out;
    out.begin_object();
    out.member("type", std::string_view("string"));
    out.key("enum");
    out.begin_array();
    for (std::size_t i = 0; i < count; ++i) out.value(names[i]);
    out.end_array();
    out.end_object();
    return out.take();
}

// "… [with T = posts::NewPost; …]" (gcc) or "… [T = posts::NewPost]" (clang): the last name of each path.
std::string short_type_name(std::string_view pretty_function) {
    const std::size_t begin = pretty_function.find("T = ");
    std::string_view type = begin == std::string_view::npos ? pretty_function : pretty_function.substr(begin + 4);
    type = type.substr(0, type.find(';'));
    if (!type.empty() && type.back() == ']') type.remove_suffix(1);
    std::string out;
    std::string word;
    for (std::size_t i = 0; i <= type.size(); ++i) {
        if (i < type.size() && is_identifier(type[i])) {
            word += type[i];
            continue;
        }
        const bool is_scope = type.substr(i, 2) == "::" || (i < type.size() && type[i] == ' ');
        const bool is_unnamed =
            word == "anonymous" || word == "namespace";  // "{anonymous}::", "(anonymous namespace)::"
        if (!is_scope && !is_unnamed) out += word;
        word.clear();
    }
    return out.empty() ? "Object" : out;
}

void ObjectSchema::add(std::string_view name, std::string schema, const Rules& rules, bool required) {
    if (!begun_) properties_.begin_object();
    begun_ = true;
    properties_.key(name);
    properties_.raw(Schemas::with_rules(std::move(schema), rules));
    if (required) required_.emplace_back(name);
}

std::string ObjectSchema::finish(bool closed) const {
    JsonOut out;
    out.begin_object();
    out.member("type", std::string_view("object"));
    out.key("properties");
    out.raw(begun_ ? properties_.text() + "}" : "{}");
    if (!required_.empty()) {
        out.key("required");
        out.begin_array();
        for (const std::string& name : required_) out.value(std::string_view(name));
        out.end_array();
    }
    if (closed) out.member("additionalProperties", false);
    out.end_object();
    return out.take();
}

}  // namespace gatehouse::detail
