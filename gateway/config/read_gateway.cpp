#include <algorithm>
#include <set>

#include "gateway/base/ascii.hpp"
#include "gateway/config/addresses.hpp"
#include "gateway/config/object_reader.hpp"
#include "gateway/config/reading.hpp"
#include "gateway/config/secrets.hpp"

namespace gatehouse::config {

namespace {

const std::vector<std::string>& default_identity_headers() {
    static const std::vector<std::string> names = {"X-User-ID", "X-User-Name", "X-User-Roles", "X-Session-ID"};
    return names;
}

std::optional<Listener> read_address(const ObjectReader& object, Report& report) {
    const Node* node = object.find("at");
    std::string text;
    if (node == nullptr || !read_string(*node, "at", report, text)) return std::nullopt;
    const auto listener = parse_listener(text);
    if (!listener) {
        report.add(codes::bad_address, *node, quoted(text) + ": " + listener.error().message, {},
                   listener.error().help);
        return std::nullopt;
    }
    return *listener;
}

class GatewayReader final {
public:
    GatewayReader(const Node& node, Reading& reading)
        : reading_(reading),
          report_(reading.report),
          gateway_(reading.configuration.gateway),
          object_(node, schema::gateway, reading.report) {}

    void read() {
        read_listeners();
        read_admin();
        read_internal();
        read_proxies();
        read_identity_headers();
        read_limits();
        read_log();
        read_storage();
        read_plugins();
        if (const Node* events = object_.find("events")) read_events(*events, reading_);
        if (const Node* kv = object_.find("kv")) read_kv(*kv, reading_);
        if (const Node* client = object_.find("http_client")) read_http_client(*client, reading_);
        if (const Node* trace = object_.find("trace")) read_trace(*trace, reading_);
        read_loops();
        object_.read("drain_timeout", gateway_.drain_timeout);
        if (const Node* key = object_.find("assertion_key")) {
            gateway_.assertion_key =
                read_secret(*key, "assertion_key", reading_.base_directory, report_).value_or(std::string{});
        }
        if (gateway_.internal && object_.find("assertion_key") == nullptr) {
            report_.add(codes::unsigned_callers, *object_.find("internal"), "nobody who calls there could be believed",
                        {}, "add assertion_key: file:PATH under gateway:");
        }
    }

private:
    // True if the address is new; port 0 is another port each time.
    bool claim(const Listener& listener, const Node& node) {
        if (!listener.is_unix && listener.port == 0) return true;
        if (taken_.insert(format_listener(listener)).second) return true;
        report_.add(codes::duplicate_listener, node, format_listener(listener) + " is listened on twice");
        return false;
    }

    void read_listeners() {
        const Node* node = object_.find("listen");
        if (node == nullptr) return;
        if (!node->is_list() || node->items.empty()) {
            report_.add(codes::wrong_type, *node, "listen has to be a list of listeners",
                        node->is_list() ? "this list is empty" : "this is " + std::string(kind_name(*node)),
                        "write [{ at: \"127.0.0.1:8080\" }]");
            return;
        }
        for (const Node& item : node->items) {
            const ObjectReader listener(item, schema::listener, report_);
            const auto address = read_address(listener, report_);
            if (address && claim(*address, *listener.find("at"))) gateway_.listen.push_back(*address);
        }
    }

    void read_admin() {
        const Node* node = object_.find("admin");
        if (node == nullptr) return;
        const ObjectReader admin(*node, schema::admin, report_);
        if (const auto address = read_address(admin, report_)) {
            claim(*address, *admin.find("at"));
            gateway_.admin.at = *address;
            if (!is_local(*address) && admin.find("token") == nullptr) {
                report_.add(codes::admin_exposed, *admin.find("at"),
                            "other machines reach this address, and no token is asked for", {},
                            "add token: env:ADMIN_TOKEN, or listen on 127.0.0.1:" + std::to_string(address->port));
            }
        }
        if (const Node* token = admin.find("token")) {
            gateway_.admin.token =
                read_secret(*token, "token", reading_.base_directory, report_).value_or(std::string{});
        }
    }

    void read_internal() {
        const Node* node = object_.find("internal");
        if (node == nullptr) return;
        const ObjectReader internal(*node, schema::internal, report_);
        gateway_.internal = read_address(internal, report_);
        if (gateway_.internal) claim(*gateway_.internal, *internal.find("at"));
    }

    void read_plugins() {
        const Node* node = object_.find("plugins");
        if (node == nullptr) return;
        const ObjectReader plugins(*node, schema::plugins, report_);
        Plugins& read = gateway_.plugins;
        plugins.read("crash_file", read.crash_file);
        plugins.read("watch", read.watch);
        plugins.read("observe", read.observe);
        plugins.read("rollback_percent", read.rollback_percent);
        plugins.read("rollback_after", read.rollback_after);
        plugins.read("drain", read.drain);
        plugins.read("streams", read.streams);
        plugins.read("grace", read.grace);
        plugins.read("generations", read.generations);
        plugins.read("copies", read.copies);
        plugins.read("handover_required", read.handover_required);
        plugins.read("debug_header", read.debug_header);
        plugins.read("stall_after", read.stall_after);
        plugins.read("break_after", read.break_after);
        plugins.read("retry_after", read.retry_after);
        if (const Node* canary = plugins.find("canary")) read_canary(*canary);
    }

    void read_canary(const Node& node) {
        const ObjectReader object(node, schema::canary, report_);
        Canary& canary = gateway_.plugins.canary;
        object.read("percent", canary.percent);
        object.read("time", canary.time);
        object.read("errors", canary.errors);
        object.read("slower", canary.slower);
    }

    void read_proxies() {
        const Node* node = object_.find("trusted_proxies");
        if (node == nullptr) return;
        for (const Node* item : read_string_list(*node, "trusted_proxies", report_)) {
            const auto network = parse_network(item->text);
            if (network) {
                gateway_.trusted_proxies.push_back(*network);
            } else {
                report_.add(codes::bad_address, *item, quoted(item->text) + ": " + network.error().message, {},
                            network.error().help);
            }
        }
    }

    void read_identity_headers() {
        const Node* node = object_.find("identity_headers");
        if (node == nullptr) return;
        gateway_.identity_headers.clear();
        for (const Node* item : read_string_list(*node, "identity_headers", report_)) {
            if (!read_field_name(*item, report_).empty()) gateway_.identity_headers.push_back(item->text);
        }
    }

    void read_limits() {
        const Node* node = object_.find("limits");
        if (node == nullptr) return;
        const ObjectReader object(*node, schema::limits, report_);
        Limits& limits = gateway_.limits;
        object.read("header_bytes", limits.header_bytes);
        object.read("headers", limits.headers);
        object.read("body", limits.body);
        object.read("header_timeout", limits.header_timeout);
        object.read("body_timeout", limits.body_timeout);
        object.read("keepalive_timeout", limits.keepalive_timeout);
        object.read("connections", limits.connections);
    }

    void read_log() {
        const Node* node = object_.find("log");
        if (node == nullptr) return;
        const ObjectReader object(*node, schema::log, report_);
        object.choice("format");
        if (const Node* to = object.find("to")) read_log_target(*to);
        if (const Node* redact = object.find("redact")) {
            gateway_.log.redact.clear();
            for (const Node* item : read_string_list(*redact, "redact", report_)) {
                const std::string name = read_field_name(*item, report_);
                if (!name.empty()) gateway_.log.redact.push_back(name);
            }
        }
    }

    void read_log_target(const Node& node) {
        std::string text;
        if (!read_string(node, "to", report_, text)) return;
        Log& log = gateway_.log;
        if (text == "stdout") {
            log.to = Log::Target::standard_output;
        } else if (text == "stderr") {
            log.to = Log::Target::standard_error;
        } else if (text == "none") {
            log.to = Log::Target::none;
        } else if (text.starts_with("file:") && text.size() > 5) {
            log.to = Log::Target::file;
            log.file = text.substr(5);
        } else {
            report_.add(codes::not_a_choice, node, quoted(text) + " is not a place to log to", {},
                        "write stdout, stderr, none or file:PATH");
        }
    }

    void read_storage() {
        const Node* node = object_.find("storage");
        if (node == nullptr) return;
        const ObjectReader object(*node, schema::storage, report_);
        const Node* location = object.find("default");
        std::string text;
        if (location == nullptr || !read_string(*location, "default", report_, text)) return;
        if (is_reference(text)) {
            auto value = resolve_reference(text, reading_.base_directory);
            if (!value) {
                report_.add(codes::missing_secret, *location, value.error().message, {},
                            "it holds a database URL: postgresql://user@host/database");
                return;
            }
            text = std::move(*value);
        }
        const bool is_known = (text.starts_with("sqlite:") && text.size() > 7) || text.starts_with("postgresql://") ||
                              text.starts_with("postgres://");
        if (!is_known) {
            report_.add(codes::malformed, *location, "this is not a database", {},
                        "write sqlite:DIRECTORY or postgresql://user@host/database");
            return;
        }
        gateway_.storage_default = text;
    }

    void read_loops() {
        const Node* node = object_.find("loops");
        if (node == nullptr || (node->is_scalar() && node->text == "auto")) return;
        object_.read("loops", gateway_.loops);
    }

    Reading& reading_;
    Report& report_;
    Gateway& gateway_;
    ObjectReader object_;
    std::set<std::string> taken_;
};

}  // namespace

void read_gateway(const Node* node, Reading& reading) {
    Gateway& gateway = reading.configuration.gateway;
    gateway.identity_headers = default_identity_headers();
    gateway.log.redact = {"authorization", "cookie"};
    if (node != nullptr) GatewayReader(*node, reading).read();
    if (gateway.listen.empty()) gateway.listen.push_back({"127.0.0.1", 8080, false});
}

}  // namespace gatehouse::config
