#include <chrono>

#include "gateway/config/codes.hpp"
#include "gateway/config/json_schema.hpp"
#include "gateway/config/schema.hpp"
#include "gateway/config/values.hpp"

namespace gatehouse::config {

namespace {

std::string bound(const Key& key, std::uint64_t value) {
    if (key.type == Type::duration) return format_duration(std::chrono::milliseconds(static_cast<std::int64_t>(value)));
    if (key.type == Type::size) return format_size(value);
    return std::to_string(value);
}

std::string range(const Key& key) {
    const bool has_range = key.type == Type::duration || key.type == Type::size || key.type == Type::whole_number ||
                           key.type == Type::numbers;
    if (!has_range) return {};
    return ", " + bound(key, key.least) + (key.most == UINT64_MAX ? " or more" : " to " + bound(key, key.most));
}

std::string choices(std::string_view text) {
    std::string result;
    for (const std::string& choice : split_choices(text)) result += (result.empty() ? "" : ", ") + ("`" + choice + "`");
    return result;
}

std::string type_name(const Key& key) {
    const std::string none = key.may_be_none ? " or `none`" : "";
    switch (key.type) {
        case Type::text: return "string";
        case Type::boolean: return "`true` or `false`";
        case Type::whole_number: return "number" + range(key);
        case Type::duration: return "duration" + range(key) + none;
        case Type::size: return "size" + range(key);
        case Type::rate: return "rate";
        case Type::choice: return choices(key.choices);
        case Type::secret: return "`env:NAME` or `file:PATH`";
        case Type::strings: return "list of strings";
        case Type::numbers: return "list of numbers" + range(key);
        case Type::names: return "name or list of names";
        case Type::object: return "object";
        case Type::objects: return "list of objects";
        case Type::free: return "object, the plugin's own";
        case Type::address: return "address";
        case Type::endpoints: return "string or list of strings";
        case Type::services:
        case Type::authenticators:
        case Type::policies: return "object: name to value";
        case Type::routes: return "list of objects";
        case Type::auth_choice: return "`none`, name or `{ optional: name }`";
        case Type::rate_choice: return "object or `none`";
        case Type::later: return "";
    }
    return {};
}

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '|') result += '\\';
        result += c;
    }
    return result;
}

class Reference final {
public:
    void write(const std::string& title, const Object& object) {
        text_ += "### " + title + "\n\n| Key | Value | Default | Meaning |\n|---|---|---|---|\n";
        for (const Key& key : object.keys) {
            if (key.type == Type::later) continue;
            std::string value = key.is_required     ? "required"
                                : key.value.empty() ? ""
                                                    : "`" + std::string(key.value) + "`";
            text_ += "| `" + std::string(key.name) + "` | " + escaped(type_name(key)) + " | " + escaped(value) + " | " +
                     escaped(key.doc) + " |\n";
        }
        if (object.more != nullptr)
            text_ += "\nand the keys of a policy, which override those of the policies in `use`.\n";
        write_later(object);
        text_ += "\n";
    }

    void write_codes() {
        text_ += "### Findings\n\n| Code | The file has |\n|---|---|\n";
        for (const Code& code : all_codes()) {
            text_ += "| " + std::string(code.id) + " | " + escaped(code.title) + " |\n";
        }
    }

    std::string take() { return std::move(text_); }

private:
    void write_later(const Object& object) {
        std::string later;
        for (const Key& key : object.keys) {
            if (key.type == Type::later) later += (later.empty() ? "" : ", ") + ("`" + std::string(key.name) + "`");
            if (!key.later_choices.empty()) {
                later +=
                    (later.empty() ? "" : ", ") + ("`" + std::string(key.name) + ":` ") + choices(key.later_choices);
            }
        }
        if (!later.empty()) text_ += "\nRefused as not supported yet: " + later + ".\n";
    }

    std::string text_;
};

}  // namespace

std::string markdown_reference() {
    Reference reference;
    reference.write("The file", schema::file);
    reference.write("`gateway`", schema::gateway);
    reference.write("`gateway.listen[]`", schema::listener);
    reference.write("`gateway.admin`", schema::admin);
    reference.write("`gateway.limits`", schema::limits);
    reference.write("`gateway.log`", schema::log);
    reference.write("`gateway.storage`", schema::storage);
    reference.write("`gateway.internal`", schema::internal);
    reference.write("`gateway.plugins`", schema::plugins);
    reference.write("`gateway.plugins.canary`", schema::canary);
    reference.write("`gateway.events`", schema::events);
    reference.write("`gateway.kv`", schema::kv);
    reference.write("`services.NAME`", schema::service);
    reference.write("`services.NAME.pool`", schema::pool);
    reference.write("`services.NAME.process`", schema::process);
    reference.write("`auth.NAME`", schema::authenticator);
    reference.write("`auth.NAME.forward`", schema::forward);
    reference.write("`auth.NAME.cache`", schema::decision_cache);
    reference.write("`policies.NAME`", schema::policy);
    reference.write("`timeout`", schema::timeout);
    reference.write("`rate`", schema::rate);
    reference.write("`require`", schema::require);
    reference.write("`cors`", schema::cors);
    reference.write("`routes[]`", schema::route);
    reference.write("`routes[].redirect`", schema::redirect);
    reference.write_codes();
    return reference.take();
}

}  // namespace gatehouse::config
