// The border between a C++ service and the C ABI: tables, entry symbol, ELF note. No exception passes it.
#pragma once

#include <gatehouse/abi.h>
#include <gatehouse/context.hpp>

#include <memory>
#include <string>
#include <string_view>

#define GATEHOUSE_SDK "gatehouse-cpp/1.0.0"

namespace gatehouse {

class Service;

namespace detail {

struct PluginType {
    std::string_view id, version, description;
    std::string config_schema;  // filled once
    const char* const* needs = nullptr;
    std::unique_ptr<Service> (*make)(Context&);
    gh_plugin table{};
};

// Completes type.table; one create() function per PluginType is made by plugin_table below.
void fill_table(PluginType& type, gh_status (*create)(const gh_host*, gh_str, void**));
gh_status create_instance(const PluginType& type, const gh_host* host, gh_str config_json, void** self) noexcept;

template <class S>
std::unique_ptr<Service> make_service(Context& context) {
    if constexpr (requires { typename S::Config; }) {
        if constexpr (std::is_constructible_v<S, Context&, const typename S::Config&>) {
            return std::make_unique<S>(context, context.config<typename S::Config>());
        } else {
            return std::make_unique<S>(context);
        }
    } else {
        return std::make_unique<S>(context);
    }
}

template <class S>
const PluginType*& plugin_type() {
    static const PluginType* type = nullptr;
    return type;
}

template <class S>
gh_status create_of(const gh_host* host, gh_str config_json, void** self) {
    return create_instance(*plugin_type<S>(), host, config_json, self);
}

}  // namespace detail

// The table of service S: what gh_plugin_entry_v1() returns. Pure and idempotent; also the way for unit tests to get at
// a plugin without its entry symbol. Optional members of S: struct Config (described), static constexpr
// std::string_view description, and static constexpr const char* needs[] = {GH_EXT_CALL, nullptr}.
template <class S>
const gh_plugin* plugin_table(std::string_view id, std::string_view version) {
    static detail::PluginType type = [&] {
        detail::PluginType made{};
        made.id = id;
        made.version = version;
        if constexpr (requires { S::description; }) made.description = S::description;
        if constexpr (requires { S::needs; }) made.needs = S::needs;
        if constexpr (requires { typename S::Config; })
            made.config_schema = detail::config_schema<typename S::Config>();
        made.make = &detail::make_service<S>;
        return made;
    }();
    static const bool filled = [] {
        detail::plugin_type<S>() = &type;
        detail::fill_table(type, &detail::create_of<S>);
        return true;
    }();
    (void)filled;
    return &type.table;
}

}  // namespace gatehouse

// Once per plugin, at namespace scope.
#define GATEHOUSE_PLUGIN(TYPE, ID, VERSION)                      \
    GH_PLUGIN_NOTE(ID, VERSION, GATEHOUSE_SDK);                  \
    GH_EXPORT const gh_plugin* GH_PLUGIN_ENTRY(void);            \
    const gh_plugin* GH_PLUGIN_ENTRY(void) {                     \
        try {                                                    \
            return ::gatehouse::plugin_table<TYPE>(ID, VERSION); \
        } catch (...) {                                          \
            return nullptr;                                      \
        }                                                        \
    }                                                            \
    static_assert(true, "semicolon")
