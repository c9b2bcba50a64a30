#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What routes.yaml may contain, as tables: one row per key. The reader looks up names, types and ranges here, and the
// JSON Schema, the reference and the suggestions are made of the same rows.
namespace gatehouse::config {

enum class Type : std::uint8_t {
    text,
    boolean,
    whole_number,
    duration,
    size,
    rate,
    choice,   // one of Key::choices
    secret,   // env:NAME or file:PATH
    strings,  // a list of strings
    numbers,  // a list of whole numbers
    names,    // one name or a list of names
    object,   // Key::object
    objects,  // a list of Key::object
    free,     // any value: a plugin's own configuration
    address,
    endpoints,
    services,        // name -> service
    authenticators,  // name -> authenticator
    policies,        // name -> policy
    routes,
    auth_choice,  // none | NAME | {optional: NAME}
    rate_choice,  // none | rate object
    later,        // known, refused for now
};

struct Object;

struct Key {
    std::string_view name = {};
    Type type = Type::text;
    std::string_view value = {};  // default, as it would be written; empty = none
    std::string_view doc = {};
    bool is_required = false;
    bool may_be_none = false;  // the word none means: no bound
    std::uint64_t least = 0;   // of numbers; milliseconds; octets
    std::uint64_t most = UINT64_MAX;
    std::string_view choices = {};        // a|b
    std::string_view later_choices = {};  // likewise, refused for now
    const Object* object = nullptr;
};

struct Object {
    std::string_view title;  // "a listener"
    std::span<const Key> keys;
    const Object* more = nullptr;  // whose keys are allowed here as well

    const Key* find(std::string_view name) const;
    // Everything that may be written here.
    std::vector<std::string> names() const;
};

namespace schema {

extern const Object file, gateway, listener, admin, limits, log, storage, internal, plugins, canary, events, kv,
    http_client, trace, service, pool, process, authenticator, forward, decision_cache, policy, timeout, rate, require,
    cors, auth_choice, route, redirect;

}  // namespace schema

// "a|b|c" -> a, b, c.
std::vector<std::string> split_choices(std::string_view choices);

}  // namespace gatehouse::config
