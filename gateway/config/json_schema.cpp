#include "gateway/config/json_schema.hpp"

#include "gateway/config/json_writer.hpp"
#include "gateway/config/schema.hpp"

namespace gatehouse::config {

namespace {

class SchemaWriter final {
public:
    void write_root() {
        json_.begin_object();
        json_.key("$schema").string("https://json-schema.org/draft/2020-12/schema");
        json_.key("title").string("Gatehouse routes.yaml");
        write_object_members(schema::file);
        json_.end_object();
    }
    std::string take() { return json_.take() + "\n"; }

private:
    void write_object(const Object& object) {
        json_.begin_object();
        write_object_members(object);
        json_.end_object();
    }

    void write_object_members(const Object& object) {
        json_.key("type").string("object");
        json_.key("additionalProperties").boolean(false);
        json_.key("properties").begin_object();
        write_properties(object);
        json_.end_object();
        std::vector<std::string> required;
        for (const Key& key : object.keys) {
            if (key.is_required) required.emplace_back(key.name);
        }
        if (!required.empty()) json_.key("required").strings(required);
    }

    void write_properties(const Object& object) {
        for (const Key& key : object.keys) {
            if (key.type != Type::later) write_property(key);
        }
        if (object.more != nullptr) write_properties(*object.more);
    }

    void write_property(const Key& key) {
        json_.key(key.name).begin_object();
        std::string description(key.doc);
        if (!key.value.empty()) description += " (default: " + std::string(key.value) + ")";
        json_.key("description").string(description);
        write_type(key);
        json_.end_object();
    }

    void pattern(const Key& key, const std::string& expression) {
        json_.key("type").string("string");
        json_.key("pattern").string("^(" + expression + (key.may_be_none ? "|none" : "") + ")$");
    }

    void list_of_strings() {
        json_.key("type").string("array");
        json_.key("items").begin_object().key("type").string("string").end_object();
    }

    // name -> value, where the names are the user's.
    template <class Write>
    void named(const Write& write) {
        json_.key("type").string("object");
        json_.key("additionalProperties");
        write();
    }

    template <class... Write>
    void any_of(const Write&... write) {
        json_.key("anyOf").begin_array();
        (write(), ...);
        json_.end_array();
    }

    void list_of_numbers(const Key& key) {
        json_.key("type").string("array");
        json_.key("items").begin_object();
        write_whole_number(key);
        json_.end_object();
    }

    void string_schema() { json_.begin_object().key("type").string("string").end_object(); }

    void strings_schema() {
        json_.begin_object();
        list_of_strings();
        json_.end_object();
    }

    void write_whole_number(const Key& key) {
        if (key.value == "auto") {
            any_of(
                [&] {
                    json_.begin_object().key("type").string("integer");
                    json_.key("minimum").number(static_cast<std::int64_t>(key.least)).end_object();
                },
                [&] { json_.begin_object().key("const").string("auto").end_object(); });
            return;
        }
        json_.key("type").string("integer");
        json_.key("minimum").number(static_cast<std::int64_t>(key.least));
        if (key.most != UINT64_MAX) json_.key("maximum").number(static_cast<std::int64_t>(key.most));
    }

    void write_type(const Key& key) {
        switch (key.type) {
            case Type::text:
            case Type::address: json_.key("type").string("string"); return;
            case Type::boolean: json_.key("type").string("boolean"); return;
            case Type::whole_number: write_whole_number(key); return;
            case Type::duration: pattern(key, "[0-9]+(ms|s|m|h|d)"); return;
            case Type::size: pattern(key, "[0-9]+(B|KiB|MiB|GiB)"); return;
            case Type::rate: pattern(key, "[0-9]+/(s|min|h|day)"); return;
            case Type::secret: pattern(key, "(env|file):.+"); return;
            case Type::choice: json_.key("enum").strings(split_choices(key.choices)); return;
            case Type::strings: list_of_strings(); return;
            case Type::numbers: list_of_numbers(key); return;
            case Type::names:
            case Type::endpoints: any_of([&] { string_schema(); }, [&] { strings_schema(); }); return;
            case Type::object: write_object_members(*key.object); return;
            case Type::objects:
            case Type::routes:
                json_.key("type").string("array");
                json_.key("items");
                write_object(*key.object);
                return;
            case Type::free: json_.key("type").string("object"); return;
            case Type::services:
                named([&] {
                    json_.begin_object();
                    any_of([&] { string_schema(); }, [&] { strings_schema(); }, [&] { write_object(*key.object); });
                    json_.end_object();
                });
                return;
            case Type::authenticators:
            case Type::policies: named([&] { write_object(*key.object); }); return;
            case Type::auth_choice: any_of([&] { string_schema(); }, [&] { write_object(*key.object); }); return;
            case Type::rate_choice:
                any_of([&] { json_.begin_object().key("const").string("none").end_object(); },
                       [&] { write_object(*key.object); });
                return;
            case Type::later: return;
        }
    }

    JsonWriter json_;
};

}  // namespace

std::string json_schema() {
    SchemaWriter writer;
    writer.write_root();
    return writer.take();
}

}  // namespace gatehouse::config
