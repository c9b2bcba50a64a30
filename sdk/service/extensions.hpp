// One running service behind the C ABI, and the optional tables that it offers to the host.
#pragma once

#include <gatehouse/ext/admin.h>
#include <gatehouse/ext/handover.h>
#include <gatehouse/plugin.hpp>
#include <gatehouse/service.hpp>

#include <memory>
#include <string>

namespace gatehouse::detail {

struct Instance {
    const PluginType& type;
    Context context;
    std::unique_ptr<Service> service;
    std::string openapi;          // made on first demand
    std::string handover_schema;  // of the state exported last

    Instance(const PluginType& its_type, const gh_host* host, std::string_view config)
        : type(its_type), context(host, its_type.id, config), service(its_type.make(context)) {}
};

// The text of the exception being handled.
[[nodiscard]] std::string describe_current_exception();

// Null when the service has nothing of the kind.
[[nodiscard]] const gh_admin* admin_table(Instance& instance);
[[nodiscard]] const gh_handover* handover_table(Instance& instance);

}  // namespace gatehouse::detail
