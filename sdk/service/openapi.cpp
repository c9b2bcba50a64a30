// OpenAPI 3.1 from the route table: one path item per pattern, one operation per route, schemas from the types.
#include <map>

#include "sdk/service/context_state.hpp"
#include "sdk/service/pattern.hpp"
#include "sdk/service/text.hpp"

namespace gatehouse::detail {

namespace {

constexpr std::string_view kProblemSchema =
    R"({"type":"object","properties":{"type":{"type":"string","format":"uri-reference"},"title":{"type":"string"},)"
    R"("status":{"type":"integer"},"detail":{"type":"string"},"instance":{"type":"string"},)"
    R"("errors":{"type":"array","items":{"type":"object","properties":{"pointer":{"type":"string"},)"
    R"("parameter":{"type":"string"},"detail":{"type":"string"}},"required":["detail"]}}},)"
    R"("required":["title","status"]})";
constexpr std::string_view kProblemResponse =
    R"({"description":"A problem, as in RFC 9457","content":{"application/problem+json":)"
    R"({"schema":{"$ref":"#/components/schemas/Problem"}}}})";
constexpr std::string_view kBearer =
    R"({"type":"http","scheme":"bearer","description":"An access token; the gateway verifies it."})";

bool requires_user(const RouteState& route) { return (route.flags & GH_ROUTE_AUTH_OPTIONAL) == 0; }

void write_operation(JsonOut& out, const ContextState& context, const RouteState& route, Schemas& schemas) {
    Operation operation(schemas, route.pattern);
    if (requires_user(route)) operation.problem(401);
    if (!route.roles.empty()) operation.problem(403);
    if (route.checks_token) operation.problem(401);
    route.handler.document(operation);
    for (const auto& note : route.notes) note(operation);
    out.begin_object();
    out.member("operationId", std::string_view(route.operation));
    if (!route.summary.empty()) out.member("summary", std::string_view(route.summary));
    out.key("tags");
    out.begin_array();
    out.value(std::string_view(route.tag.empty() ? context.plugin_id : route.tag));
    out.end_array();
    if (requires_user(route) || route.checks_token) {
        out.key("security");
        out.raw(R"([{"bearer":[]}])");
    }
    if ((route.flags & GH_ROUTE_INTERNAL) != 0) out.member("x-internal", true);
    if (!route.roles.empty()) out.member("x-roles", std::string_view(route.roles));
    operation.write(out);
    out.end_object();
}

void write_components(JsonOut& out, const Schemas& schemas) {
    out.key("components");
    out.begin_object();
    out.key("schemas");
    out.begin_object();
    for (const auto& [name, schema] : schemas.definitions()) {
        out.key(name);
        out.raw(name == "Problem" ? kProblemSchema : std::string_view(schema));
    }
    out.end_object();
    out.key("responses");
    out.begin_object();
    out.key("Problem");
    out.raw(kProblemResponse);
    out.end_object();
    out.key("securitySchemes");
    out.begin_object();
    out.key("bearer");
    out.raw(kBearer);
    out.end_object();
    out.end_object();
}

void write_info(JsonOut& out, const ContextState& context, std::string_view version, std::string_view description) {
    out.member("openapi", std::string_view("3.1.0"));
    out.key("info");
    out.begin_object();
    out.member("title", std::string_view(context.plugin_id));
    out.member("version", version);
    if (!description.empty()) out.member("description", description);
    out.end_object();
}

}  // namespace

std::string openapi_document(const ContextState& context, std::string_view version, std::string_view description) {
    Schemas schemas("#/components/schemas/");
    static constexpr char kProblemKey = 0;
    static_cast<void>(schemas.begin(&kProblemKey, "T = Problem"));  // takes the name before any type of the service
    std::map<std::string, std::vector<const RouteState*>> paths;
    for (const RouteState& route : context.routes) {
        if (!route.is_hidden) paths[openapi_path(route.pattern)].push_back(&route);
    }
    JsonOut out;
    out.begin_object();
    write_info(out, context, version, description);
    out.key("paths");
    out.begin_object();
    for (const auto& [path, routes] : paths) {
        out.key(path);
        out.begin_object();
        for (const RouteState* route : routes) {
            out.key(to_lower(route->method));
            write_operation(out, context, *route, schemas);
        }
        out.end_object();
    }
    out.end_object();
    write_components(out, schemas);
    out.end_object();
    return out.take();
}

}  // namespace gatehouse::detail
