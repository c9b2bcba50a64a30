#include "gateway/admin/status_json.hpp"

#include <chrono>

#include "gateway/observe/json_text.hpp"

namespace gatehouse::admin::status_json {

namespace {

// Writes members and elements with their commas.
class Writer final {
public:
    Writer& object(std::string_view key = {}) { return open(key, '{'); }
    Writer& array(std::string_view key = {}) { return open(key, '['); }
    Writer& end_object() { return close('}'); }
    Writer& end_array() { return close(']'); }
    Writer& text(std::string_view key, std::string_view value) {
        begin(key);
        observe::append_json_string(out_, value);
        return *this;
    }
    Writer& number(std::string_view key, std::uint64_t value) {
        begin(key);
        observe::append_unsigned(out_, value);
        return *this;
    }
    Writer& boolean(std::string_view key, bool value) { return json(key, value ? "true" : "false"); }
    Writer& json(std::string_view key, std::string_view value) {
        begin(key);
        out_.append(value);
        return *this;
    }
    Writer& texts(std::string_view key, const std::vector<std::string>& values) {
        array(key);
        for (const std::string& value : values) text({}, value);
        return end_array();
    }
    std::string take() { return std::move(out_); }

private:
    void begin(std::string_view key) {
        if (needs_comma_) out_.push_back(',');
        needs_comma_ = true;
        if (key.empty()) return;
        observe::append_json_string(out_, key);
        out_.push_back(':');
    }
    Writer& open(std::string_view key, char bracket) {
        begin(key);
        out_.push_back(bracket);
        needs_comma_ = false;
        return *this;
    }
    Writer& close(char bracket) {
        out_.push_back(bracket);
        needs_comma_ = true;
        return *this;
    }

    std::string out_;
    bool needs_comma_ = false;
};

void write_route(Writer& writer, const config::Route& route) {
    const config::Effective& effective = route.effective;
    writer.object().text("name", route.name).text("path", route.path).texts("methods", route.methods);
    if (!route.host.empty()) writer.text("host", route.host);
    if (route.redirect) {
        writer.object("redirect").text("to", route.redirect->to);
        writer.number("status", static_cast<std::uint64_t>(route.redirect->status)).end_object();
    } else {
        writer.text("to", route.to);
    }
    if (!route.rewrite.empty()) writer.text("rewrite", route.rewrite);
    writer.texts("policies", route.use);
    if (!effective.authenticator.empty()) {
        writer.text("auth", effective.authenticator).boolean("auth_optional", effective.auth_optional);
    }
    if (!effective.require_roles.empty()) writer.texts("require_roles", effective.require_roles);
    writer.number("total_timeout_ms", static_cast<std::uint64_t>(effective.total_timeout.count()));
    writer.number("line", static_cast<std::uint64_t>(route.position.line)).end_object();
}

std::uint64_t milliseconds(Duration duration) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

void write_plugin(Writer& writer, const host::PluginStatus& plugin) {
    writer.object().text("service", plugin.service).text("plugin", plugin.plugin_id).text("version", plugin.version);
    writer.text("build_id", plugin.build_id).text("toolchain", plugin.toolchain);
    writer.number("generation", plugin.generation).text("state", host::to_string(plugin.state));
    const auto& [requests, bodies, operations, holds, lent_bytes] = plugin.in_flight;
    writer.number("in_flight", requests).object("pending").number("bodies", bodies).number("operations", operations);
    writer.number("holds", holds)
        .number("lent_bytes", lent_bytes)
        .end_object()
        .number("queued", plugin.queued)
        .number("workers", plugin.workers);
    writer.number("age_ms", milliseconds(plugin.age));
    writer.array("routes");
    for (const host::PluginRoute& route : plugin.routes) {
        writer.object().text("method", route.method).text("pattern", route.pattern);
        writer.text("operation_id", route.operation_id).boolean("on_loop", !route.is_blocking());
        writer.boolean("internal", route.is_internal()).end_object();
    }
    writer.end_array().end_object();
}

void write_child(Writer& writer, const supervise::ChildStatus& child) {
    writer.text("state", supervise::to_string(child.state));
    writer.number("pid", static_cast<std::uint64_t>(child.pid)).number("restarts", child.restarts);
    writer.text("last_end", child.last_end).text("plugin", child.greeting.plugin);
    writer.text("version", child.greeting.version).text("build_id", child.greeting.build_id);
    writer.number("age_seconds", static_cast<std::uint64_t>(child.age / std::chrono::seconds(1)));
    writer.number("leaving", child.leaving).texts("routes", child.greeting.routes);
}

}  // namespace

std::string index(std::span<const std::pair<std::string_view, std::string_view>> endpoints) {
    Writer writer;
    writer.object().array("endpoints");
    for (const auto& [path, about] : endpoints) writer.object().text("path", path).text("about", about).end_object();
    return writer.end_array().end_object().take();
}

std::string readiness(const std::vector<std::string>& reasons, const std::vector<std::string>& degraded) {
    Writer writer;
    writer.object().boolean("ready", reasons.empty()).texts("reasons", reasons).texts("degraded", degraded);
    return writer.end_object().take();
}

std::string routes(const std::vector<config::Route>& routes) {
    Writer writer;
    writer.object().array("routes");
    for (const config::Route& route : routes) write_route(writer, route);
    return writer.end_array().end_object().take();
}

std::string plugins(const std::vector<host::PluginStatus>& plugins, const std::vector<ServiceStatus>& services) {
    Writer writer;
    writer.object().array("plugins");
    for (const host::PluginStatus& plugin : plugins) write_plugin(writer, plugin);
    writer.end_array().array("children");
    for (const ServiceStatus& service : services) {
        if (!service.child) continue;
        writer.object().text("service", service.name);
        write_child(writer, *service.child);
        if (!service.moved_because.empty()) writer.text("moved_because", service.moved_because);
        writer.end_object();
    }
    return writer.end_array().end_object().take();
}

std::string services(const std::vector<ServiceStatus>& services) {
    Writer writer;
    writer.object().array("services");
    for (const ServiceStatus& service : services) {
        writer.object().text("name", service.name).texts("at", service.at).array("weights");
        for (const std::uint32_t weight : service.weights) writer.number({}, weight);
        writer.end_array();
        if (!service.moved_because.empty()) writer.text("moved_because", service.moved_because);
        if (service.child) {
            writer.object("child");
            write_child(writer, *service.child);
            writer.end_object();
        }
        writer.end_object();
    }
    return writer.end_array().end_object().take();
}

std::string upstreams(const std::vector<UpstreamStatus>& upstreams) {
    Writer writer;
    writer.object().array("upstreams");
    for (const UpstreamStatus& upstream : upstreams) {
        writer.object().text("endpoint", upstream.endpoint).number("loop", upstream.loop);
        writer.boolean("failing", upstream.is_failing).number("connections", upstream.connections);
        writer.number("idle", upstream.idle).number("waiting", upstream.waiting);
        writer.number("connects", upstream.connects).number("connect_failures", upstream.connect_failures);
        writer.end_object();
    }
    return writer.end_array().end_object().take();
}

std::string reload(const ReloadReport& report) {
    Writer writer;
    writer.object().boolean("reloaded", report.reloaded).number("snapshot", report.snapshot);
    return writer.json("diagnostics", report.diagnostics.empty() ? "[]" : report.diagnostics).end_object().take();
}

std::string why_alive(const std::string& service, const std::vector<host::PluginStatus>& generations) {
    Writer writer;
    writer.object().text("service", service).array("generations");
    for (const host::PluginStatus& generation : generations) {
        writer.object().number("generation", generation.generation).text("version", generation.version);
        writer.text("state", host::to_string(generation.state)).number("age_ms", milliseconds(generation.age));
        writer.texts("holding", generation.holding).end_object();
    }
    return writer.end_array().end_object().take();
}

std::string plugin_reload(const PluginReport& report) {
    Writer writer;
    writer.object().text("service", report.service).text("result", report.switched ? "switched" : "refused");
    if (report.switched) {
        writer.number("generation", report.generation).number("previous", report.previous);
        writer.object("phases_us");
        for (const auto& [phase, took] : report.phases) {
            writer.number(
                phase, static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
        }
        writer.end_object().texts("routes_added", report.routes_added).texts("routes_removed", report.routes_removed);
    } else {
        writer.text("phase", report.phase).text("reason", report.reason);
    }
    return writer.end_object().take();
}

}  // namespace gatehouse::admin::status_json
