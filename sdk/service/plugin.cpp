// The lifecycle functions of the C ABI over a Service. Every one of them is a border that no exception passes.
#include <gatehouse/plugin.hpp>

#include <gatehouse/ext/migrations.h>
#include <gatehouse/ext/openapi.h>
#include <gatehouse/service.hpp>

#include <stdexcept>

#include "sdk/service/context_state.hpp"
#include "sdk/service/extensions.hpp"
#include "sdk/service/jobs.hpp"
#include "sdk/service/pattern.hpp"
#include "sdk/service/views.hpp"

namespace gatehouse::detail {

std::string describe_current_exception() {
    try {
        throw;
    } catch (const Problem& problem) {
        return problem.what();
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "an exception that is no std::exception";
    }
}

namespace {

Instance& instance_of(void* self) { return *static_cast<Instance*>(self); }

// Runs step(); a failure is logged as `what` and becomes a status.
template <class Step>
gh_status sealed(void* self, const char* what, Step step) noexcept {
    try {
        return step(instance_of(self));
    } catch (...) {
        try {
            instance_of(self).context.log().error(what, {{"error", describe_current_exception()}});
        } catch (...) {  // out of memory: the status has to do
        }
        return GH_E_INTERNAL;
    }
}

gh_status start(void* self, gh_done, void*) {
    return sealed(self, "start failed", [](Instance& instance) {
        instance.service->start();
        for (const auto& job : ContextAccess::state(instance.context).jobs) job->start();
        for (ServicePart* const part : ContextAccess::state(instance.context).parts) part->started();
        return GH_OK;
    });
}

gh_status health(void* self, gh_done, void*) {
    return sealed(self, "the health check failed",
                  [](Instance& instance) { return instance.service->healthy() ? GH_OK : GH_E_UNAVAILABLE; });
}

gh_status drain(void* self, std::uint64_t deadline_ns, gh_done, void*) {
    return sealed(self, "drain failed", [deadline_ns](Instance& instance) {
        for (ServicePart* const part : ContextAccess::state(instance.context).parts) part->draining();
        for (const auto& prepare : ContextAccess::state(instance.context).on_drain) prepare();
        instance.service->drain(Instant(std::chrono::nanoseconds(deadline_ns)));
        return GH_OK;
    });
}

gh_status stop(void* self, gh_done, void*) {
    return sealed(self, "stop failed", [](Instance& instance) {
        instance.service->stop();
        return GH_OK;
    });
}

void destroy(void* self) { delete static_cast<Instance*>(self); }

void visit_all(const std::vector<MigrationStep>& migrations, gh_migration_visit visit, void* context) {
    for (const MigrationStep& migration : migrations) visit(context, migration.applied ? 1 : 0, to_str(migration.name));
}

// A migration that fails is told through `failed` before the error status is returned.
template <class Step>
gh_status migrating(void* self, gh_done failed, void* context, Step step) noexcept {
    try {
        step(*instance_of(self).service);
        return GH_OK;
    } catch (...) {
        try {
            const std::string text = describe_current_exception();
            gh_error error{};
            error.size = sizeof(error);
            error.status = GH_E_INTERNAL;
            error.code = to_str("migration_failed");
            error.message = to_str(text);
            if (failed != nullptr) failed(context, GH_E_INTERNAL, &error);
        } catch (...) {
        }
        return GH_E_INTERNAL;
    }
}

gh_status migration_status(void* self, gh_migration_visit visit, void* context, gh_done failed) {
    return migrating(self, failed, context,
                     [&](Service& service) { visit_all(service.migration_status(), visit, context); });
}

gh_status migrate_up(void* self, gh_migration_visit visit, void* context, gh_done failed) {
    return migrating(self, failed, context, [&](Service& service) { visit_all(service.migrate(), visit, context); });
}

gh_str document(void* self) {
    gh_str text{};
    sealed(self, "the OpenAPI document could not be made", [&](Instance& instance) {
        if (instance.openapi.empty()) {
            instance.openapi = openapi_document(ContextAccess::state(instance.context), instance.type.version,
                                                instance.type.description);
        }
        text = to_str(instance.openapi);
        return GH_OK;
    });
    return text;
}

const void* extension(void* self, const char* id) {
    static const gh_migrations kMigrations{sizeof(gh_migrations), 0, &migration_status, &migrate_up};
    static const gh_openapi kOpenapi{sizeof(gh_openapi), 0, &document};
    const std::string_view name(id);
    if (name == GH_EXT_MIGRATIONS) return &kMigrations;
    if (name == GH_EXT_OPENAPI) return &kOpenapi;
    if (name == GH_EXT_ADMIN) return admin_table(instance_of(self));
    if (name == GH_EXT_HANDOVER) return handover_table(instance_of(self));
    return nullptr;
}

void add_routes(const gh_host* host, ContextState& context) {
    for (RouteState& route : context.routes) {
        if (route.operation.empty()) route.operation = default_operation_id(route.method, route.pattern);
        gh_route row{};
        row.size = sizeof(row);
        row.flags = route.flags;
        row.method = to_str(route.method);
        row.pattern = to_str(route.pattern);
        row.operation_id = to_str(route.operation);
        row.roles = to_str(route.roles);
        row.timeout_ms = route.timeout_ms;
        row.max_in_flight = route.max_in_flight;
        row.max_body = route.max_body;
        row.handle = &handle_route;
        row.self = &route;
        if (route.handler.needs_loop && (route.flags & GH_ROUTE_BLOCKING) != 0) {
            throw std::logic_error(
                route.method + " " + route.pattern +
                ": its handler works on the event loop only (StreamingRequest, task<>), so the route "
                "must be declared .on_loop()");
        }
        const gh_status status = host->add_route(host, &row);
        if (status != GH_OK) {
            throw std::runtime_error("the host refused the route " + route.method + " " + route.pattern + " (status " +
                                     std::to_string(status) + ")");
        }
    }
}

void explain_failure(const gh_host* host, gh_status status, std::string_view code, std::string_view message) {
    gh_error error{};
    error.size = sizeof(error);
    error.status = status;
    error.code = to_str(code);
    error.message = to_str(message);
    host->fail(host, &error);
}

}  // namespace

void fill_table(PluginType& type, gh_status (*create)(const gh_host*, gh_str, void**)) {
    gh_plugin& table = type.table;
    table.size = sizeof(table);
    table.abi_minor = GH_ABI_MINOR;
    table.id = to_str(type.id);
    table.version = to_str(type.version);
    table.sdk = to_str(GATEHOUSE_SDK);
    table.description = to_str(type.description);
    table.config_schema = to_str(type.config_schema);
    table.needs = type.needs;
    table.create = create;
    table.start = &start;
    table.health = &health;
    table.drain = &drain;
    table.stop = &stop;
    table.destroy = &destroy;
    table.extension = &extension;
}

gh_status create_instance(const PluginType& type, const gh_host* host, gh_str config_json, void** self) noexcept {
    if (!GH_HAS(host, unhold) || !GH_HAS(host->http, loop)) return GH_E_UNSUPPORTED;  // all of ABI 1.0
    try {
        auto instance = std::make_unique<Instance>(type, host, to_view(config_json));
        ContextState& context = ContextAccess::state(instance->context);
        context.service = instance->service.get();
        context.is_complete = true;
        add_routes(host, context);
        *self = instance.release();
        return GH_OK;
    } catch (const ConfigError& error) {
        explain_failure(host, GH_E_INVALID, "bad_config", error.what());
        return GH_E_INVALID;
    } catch (...) {
        try {
            explain_failure(host, GH_E_INTERNAL, "create_failed", describe_current_exception());
        } catch (...) {
        }
        return GH_E_INTERNAL;
    }
}

}  // namespace gatehouse::detail
