#include "gateway/events/cloud_event.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <charconv>

#include "gateway/observe/json_text.hpp"

namespace gatehouse::events {

namespace {

namespace json = boost::json;

constexpr std::size_t kAttributesMax = 64;

void append(std::string& out, std::string_view name, std::string_view value) {
    out.append(",\"").append(name).append("\":");
    observe::append_json_string(out, value);
}

// Goes over the members of an object that is known to be valid JSON, to find where a value stands in the text.
class Members final {
public:
    explicit Members(std::string_view object) : text_(object) {
        skip_space();
        ++at_;  // '{'
    }

    // The next member's value, or false at the end. The name is only good for comparing with names that need no escape.
    bool next(std::string_view& name, std::string_view& value) {
        skip_space();
        if (text_[at_] == ',') ++at_;
        skip_space();
        if (text_[at_] == '}') return false;
        name = take_string();
        name = name.substr(1, name.size() - 2);
        skip_space();
        ++at_;  // ':'
        skip_space();
        value = take_value();
        return true;
    }

private:
    void skip_space() {
        while (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r') ++at_;
    }
    std::string_view take_string() {
        const std::size_t begin = at_++;
        while (text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
        ++at_;
        return text_.substr(begin, at_ - begin);
    }
    std::string_view take_value() {
        const std::size_t begin = at_;
        int depth = 0;
        do {
            const char c = text_[at_];
            if (c == '"') {
                take_string();
                continue;
            }
            if (depth == 0 && c != '{' && c != '[') {  // a number or a word
                while (std::string_view(",}] \t\n\r").find(text_[at_]) == std::string_view::npos) ++at_;
                break;
            }
            if (c == '{' || c == '[') ++depth;
            if (c == '}' || c == ']') --depth;
            ++at_;
        } while (depth > 0);
        return text_.substr(begin, at_ - begin);
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

// Copies a text attribute; absent or null: leaves it. False: it is something else.
bool read(const json::object& object, std::string_view name, std::string& value) {
    const json::value* const found = object.if_contains(name);
    if (found == nullptr || found->is_null()) return true;
    const json::string* const text = found->if_string();
    if (text == nullptr) return false;
    value.assign(text->data(), text->size());
    return true;
}

bool read_sequence(const json::object& object, std::uint64_t& sequence) {
    std::string text;
    if (!read(object, "sequence", text)) return false;
    if (text.empty()) return true;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), sequence);
    return error == std::errc() && end == text.data() + text.size();
}

bool is_json_content(std::string_view type) {
    return type.empty() || type == "application/json" || type.starts_with("application/json;") ||
           type.ends_with("+json");
}

}  // namespace

std::string encode(const Event& event) {
    std::string out = R"({"specversion":"1.0")";
    out.reserve(event.data.size() + 512);
    append(out, "id", event.id);
    append(out, "source", event.source);
    append(out, "type", event.type);
    if (!event.subject.empty()) append(out, "subject", event.subject);
    append(out, "time", event.time);
    if (!event.trace_parent.empty()) append(out, "traceparent", event.trace_parent);
    if (event.sequence != 0) append(out, "sequence", std::to_string(event.sequence));
    if (!event.data.empty()) {
        append(out, "datacontenttype", "application/json");
        out.append(R"(,"data":)").append(event.data);
    }
    out.push_back('}');
    return out;
}

Result<Event> decode(std::string_view text) {
    if (text.size() > kCloudEventBytesMax) return Error{"the event is too large"};
    json::monotonic_resource memory;
    json::error_code error;
    const json::value value = json::parse(text, error, &memory);
    if (error) return Error{"the event is not JSON: " + error.message()};
    const json::object* const object = value.if_object();
    if (object == nullptr) return Error{"the event is not a JSON object"};
    if (object->size() > kAttributesMax) return Error{"the event has too many attributes"};

    Event event;
    std::string version, content_type;
    const bool are_texts = read(*object, "specversion", version) && read(*object, "id", event.id) &&
                           read(*object, "source", event.source) && read(*object, "type", event.type) &&
                           read(*object, "subject", event.subject) && read(*object, "time", event.time) &&
                           read(*object, "traceparent", event.trace_parent) &&
                           read(*object, "datacontenttype", content_type) && read_sequence(*object, event.sequence);
    if (!are_texts) return Error{"an attribute of the event is not a text"};
    if (version != "1.0") return Error{"the event is not of CloudEvents 1.0"};
    if (object->contains("data_base64") || !is_json_content(content_type)) return Error{"the event's data is not JSON"};

    Members members(text);
    std::string_view name, raw;
    std::size_t count = 0;
    while (members.next(name, raw)) {
        ++count;
        if (name == "data") event.data = raw;
    }
    if (count != object->size()) return Error{"the event has an attribute twice"};
    if (object->contains("data") != !event.data.empty()) return Error{"the event spells data with escapes"};
    if (const std::string_view fault = fault_of(event); !fault.empty()) return Error{std::string(fault)};
    return event;
}

}  // namespace gatehouse::events
