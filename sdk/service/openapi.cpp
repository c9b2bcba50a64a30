// OpenAPI 3.1 from the route table: one path item per pattern, one operation per route, schemas from the types.
#include <map>
#include <set>

#include "sdk/service/context_state.hpp"
#include "sdk/service/pattern.hpp"
#include "sdk/service/text.hpp"

namespace gatehouse::detail {

namespace {

constexpr std::string_view kProblemSchema =
    R"({"type":"object","properties":{"type":{"type":"string","format":"uri-reference"},"title":{"type":"string"},)"
    R"("status":{"type":"integer"},"detail":{"type":"string"},"instance":{"type":"string"},)"
    R"("reason":{"type":"string","description":"of an answer by the gateway itself"},)"
    R"("errors":{"type":"array","items":{"type":"object","properties":{"pointer":{"type":"string"},)"
    R"("parameter":{"type":"string"},"detail":{"type":"string"}},"required":["detail"]}}},)"
    R"("required":["title","status"]})";
constexpr std::string_view kBearer =
    R"({"type":"http","scheme":"bearer","description":"An access token; the gateway verifies it."})";

bool requires_user(const RouteState& route) { return (route.flags & GH_ROUTE_AUTH_OPTIONAL) == 0; }

std::string_view security(const RouteState& route, const Operation& operation) {
    if (requires_user(route) || route.checks_token) return R"([{"bearer":[]}])";
    return operation.looks_at_user() ? R"([{},{"bearer":[]}])" : "[]";
}

// What a problem with that status always brings along.
struct ProblemField {
    int status;
    std::string_view name, description;
};
constexpr ProblemField kProblemFields[] = {{401, "WWW-Authenticate", "how to authenticate"},
                                           {416, "Content-Range", "how long it is"},
                                           {429, "Retry-After", "seconds to wait"},
                                           {503, "Retry-After", "seconds to wait"}};

void write_problem_response(JsonOut& out, int status) {
    out.begin_object();
    out.member("description", std::string_view("A problem, as in RFC 9457"));
    for (const ProblemField& field : kProblemFields) {
        if (field.status != status) continue;
        out.key("headers");
        out.begin_object();
        out.key(field.name);
        out.begin_object();
        out.member("description", field.description);
        out.member("required", true);
        out.key("schema");
        out.raw(R"({"type":"string"})");
        out.end_object();
        out.end_object();
    }
    out.key("content");
    out.raw(R"({"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}})");
    out.end_object();
}

void write_operation(JsonOut& out, const ContextState& context, const RouteState& route, Schemas& schemas,
                     std::set<int>& problems) {
    Operation operation(schemas, route.method, route.pattern);
    if (requires_user(route)) operation.problem(401);
    if (!route.roles.empty()) operation.problem(403);
    if (route.max_body != 0) operation.problem(413);
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
    out.key("security");
    out.raw(security(route, operation));
    if ((route.flags & GH_ROUTE_INTERNAL) != 0) out.member("x-internal", true);
    if (!route.roles.empty()) out.member("x-roles", std::string_view(route.roles));
    operation.write(out);
    out.end_object();
    problems.insert(operation.problems().begin(), operation.problems().end());
}

void write_components(JsonOut& out, const Schemas& schemas, const std::set<int>& problems) {
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
    write_problem_response(out, 0);
    for (const int status : problems) {
        out.key(problem_name(status));
        write_problem_response(out, status);
    }
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
    std::set<int> problems;
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
            write_operation(out, context, *route, schemas, problems);
        }
        out.end_object();
    }
    out.end_object();
    write_components(out, schemas, problems);
    out.end_object();
    return out.take();
}

}  // namespace gatehouse::detail
