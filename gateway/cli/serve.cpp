#include <gatehouse/abi.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>

#include "gateway/app.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/help.hpp"
#include "gateway/cli/plugin_files.hpp"
#include "gateway/cli/program.hpp"
#include "gateway/cli/terminal.hpp"
#include "gateway/config/addresses.hpp"
#include "gateway/config/event_bus_url.hpp"
#include "gateway/config/plugin_config.hpp"
#include "gateway/config/secrets.hpp"
#include "gateway/host/plugin_host.hpp"
#include "gateway/supervise/lifeline.hpp"

namespace gatehouse::cli {

namespace {

constexpr char kKeyVariable[] = "GATEHOUSE_ASSERTION_KEY";
constexpr char kKeyFile[] = "var/secrets/internal_assertion.key";

struct Options {
    std::string plugin;
    std::string listen;
    std::string config;
    std::string storage = "sqlite:var/data";
    std::string assertion_key;
    std::string service;
    std::string ready_file;
    std::string gateway;
    std::string kv = "memory";
    std::string kv_password;
    std::string events;
    std::string events_password;
    std::string events_ca;
    bool is_spawned = false;
    std::uint32_t loops = 1;
    std::uint32_t workers = 0;
};

// --config is a file or, beginning with '{', the configuration itself.
std::optional<std::string> read_config(const Options& options, const std::string& service) {
    std::string text = options.config.empty() ? "{}" : options.config;
    std::string name = "--config";
    std::string base;
    if (!text.starts_with('{')) {
        name = options.config;
        base = std::filesystem::path(name).parent_path().string();
        std::ifstream file(name, std::ios::binary);
        if (!file || std::filesystem::is_directory(name)) {
            complain(name + " cannot be read");
            return std::nullopt;
        }
        text.assign(std::istreambuf_iterator<char>(file), {});
    }
    auto loaded = config::load_plugin_config(std::move(text), name, base, service, options.storage);
    if (loaded.report) return std::move(loaded.json);
    std::cerr << config::format_diagnostics(loaded.report);
    return std::nullopt;
}

std::string default_key_reference() {
    const char* variable = std::getenv(kKeyVariable);
    if (variable != nullptr && *variable != '\0') return std::string("env:") + kKeyVariable;
    std::error_code failure;
    return std::filesystem::exists(kKeyFile, failure) ? std::string("file:") + kKeyFile : "";
}

std::optional<std::string> read_key(const Options& options) {
    const std::string reference = options.assertion_key.empty() ? default_key_reference() : options.assertion_key;
    if (reference.empty()) {
        tell(std::string("No --assertion-key, no ") + kKeyVariable + ", no " + kKeyFile +
             ": nobody can be identified, so everything that needs a user is answered 401.");
        return std::string{};
    }
    if (!config::is_reference(reference)) {
        complain("--assertion-key is a reference, env:NAME or file:PATH, not the key itself");
        return std::nullopt;
    }
    const auto key = config::resolve_reference(reference, "");
    if (!key) {
        complain(key.error().message + (key.error().help.empty() ? "" : "; " + key.error().help));
        return std::nullopt;
    }
    if (key->size() >= config::kMinSecretBytes) return *key;
    complain("the assertion key has only " + std::to_string(key->size()) + " bytes, 32 or more are needed");
    return std::nullopt;
}

bool read_kv(const Options& options, ServeOptions& serve_options) {
    serve_options.kv.store = options.kv;
    if (options.kv_password.empty()) return true;
    if (!config::is_reference(options.kv_password)) {
        complain("--kv-password is a reference, env:NAME or file:PATH, not the password itself");
        return false;
    }
    auto password = config::resolve_reference(options.kv_password, "");
    if (!password) {
        complain(password.error().message);
        return false;
    }
    serve_options.kv.password = std::move(*password);
    return true;
}

bool read_events(const Options& options, ServeOptions& serve_options) {
    if (options.events.empty()) return true;
    auto events = config::parse_event_bus(options.events);
    if (!events) {
        complain("--events: " + events.error().message + "; " + events.error().help);
        return false;
    }
    events->ca_file = options.events_ca;
    if (!options.events_password.empty()) {
        if (!config::is_reference(options.events_password)) {
            complain("--events-password is a reference, env:NAME or file:PATH, not the password itself");
            return false;
        }
        const auto password = config::resolve_reference(options.events_password, "");
        if (!password) {
            complain(password.error().message);
            return false;
        }
        events->password = *password;
    }
    serve_options.events = std::move(*events);
    return true;
}

bool read_gateway(const Options& options, ServeOptions& serve_options) {
    if (options.gateway.empty()) return true;
    const auto gateway =
        config::parse_endpoint(options.gateway.starts_with("unix:") ? "http+" + options.gateway : options.gateway);
    const bool is_address = gateway && (gateway->kind == config::Endpoint::Kind::http ||
                                        gateway->kind == config::Endpoint::Kind::unix_socket);
    if (!is_address) {
        complain("--gateway " + options.gateway + " is not an address: write http://HOST:PORT or unix:/path, as " +
                 "gateway.internal says");
        return false;
    }
    if (serve_options.assertion_key.empty()) {
        complain("--gateway needs an assertion key: the gateway answers only whom it knows");
        return false;
    }
    serve_options.gateway = *gateway;
    return true;
}

// The program's end of `gatehouse serve`: loads, serves, says so by calling ready().
template <class Ready, class Failed>
int serve_until_stopped(ServeOptions serve_options, const Ready& ready, const Failed& failed) {
    App app(std::move(serve_options));
    auto error = app.load();
    if (!error) error = app.start_plugins();
    if (!error) error = app.listen();
    if (error) {
        failed(error->message);
        return kFailed;
    }
    ready(app);
    return app.run();
}

supervise::Greeting greeting_of(App& app) {
    supervise::Greeting greeting;
    greeting.abi = std::to_string(GH_ABI_MAJOR) + "." + std::to_string(GH_ABI_MINOR);
    greeting.pid = ::getpid();
    for (const host::PluginStatus& plugin : app.plugins().status()) {
        greeting.plugin = plugin.plugin_id;
        greeting.version = plugin.version;
        greeting.build_id = plugin.build_id;
        for (const host::PluginRoute& route : plugin.routes) {
            greeting.routes.push_back(route.method + " " + route.pattern);
        }
    }
    return greeting;
}

// A gateway's own child process: it says what is to be done.
int serve_spawned(const Options& options) {
    auto lifeline = supervise::Lifeline::attach();
    if (!lifeline) {
        complain(lifeline.error().message);
        return kRefused;
    }
    const supervise::Order& order = (*lifeline)->order();
    const auto gateway = config::parse_endpoint("http+" + order.gateway);
    ServeOptions serve_options;
    serve_options.plugin = options.plugin;
    serve_options.service = options.service;
    serve_options.listen.is_unix = true;
    serve_options.listen.descriptor = supervise::kListenDescriptor;
    serve_options.config_json = order.config_json;
    serve_options.assertion_key = order.assertion_key;
    serve_options.loops = order.process.loops;
    serve_options.workers = order.workers;
    serve_options.queue = order.queue;
    serve_options.drain_timeout = order.drain_timeout;
    serve_options.kv = order.kv;
    serve_options.probes = order.probes;
    serve_options.runtime_directory = runtime_directory();
    serve_options.log.to = config::Log::Target::none;  // the gateway notes each request
    serve_options.crash_file.clear();                  // and what its children write as they crash
    if (gateway) serve_options.gateway = *gateway;
    if (order.events.bus != config::Events::Bus::embedded) serve_options.events = order.events;
    return serve_until_stopped(
        std::move(serve_options), [&](App& app) { (*lifeline)->greet(greeting_of(app)); },
        [&](const std::string& why) {
            supervise::Greeting greeting;
            greeting.error = why;
            (*lifeline)->greet(greeting);
        });
}

int serve(const Options& options) {
    if (options.is_spawned) return serve_spawned(options);
    ServeOptions serve_options;
    const auto listen = config::parse_listener(options.listen);
    if (!listen) {
        complain("--listen " + options.listen + ": " + listen.error().message +
                 (listen.error().help.empty() ? "" : "; " + listen.error().help));
        return kRefused;
    }
    serve_options.plugin = options.plugin;
    serve_options.listen = *listen;
    serve_options.service = options.service.empty() ? serve_options.plugin.stem().string() : options.service;
    auto config = read_config(options, serve_options.service);
    auto key = read_key(options);
    if (!config || !key) return kRefused;
    serve_options.config_json = std::move(*config);
    serve_options.assertion_key = std::move(*key);
    serve_options.loops = options.loops;
    serve_options.workers = options.workers;
    serve_options.runtime_directory = runtime_directory();
    serve_options.ready_file = options.ready_file;
    serve_options.log.redact = {"authorization", "cookie"};
    if (!read_events(options, serve_options) || !read_gateway(options, serve_options) ||
        !read_kv(options, serve_options))
        return kRefused;

    const std::string service = serve_options.service;
    const bool is_alone = options.gateway.empty();
    const auto say_where = [&](App& app) {
        const std::string& address = app.addresses().front();
        if (is_alone) {
            tell("without --gateway it can call no other service, and hears and tells no events of the embedded bus");
        }
        tell("serving " + service + " at " + address + "; in routes.yaml: " + service + ": { at: \"" +
             (listen->is_unix ? "http+" : "http://") + address + "\", served: true }");
    };
    return serve_until_stopped(std::move(serve_options), say_where, [](const std::string& why) { complain(why); });
}

}  // namespace

void add_serve(CLI::App& program, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("serve", "run one plugin as a backend of its own");
    set_examples(
        *command,
        "  gatehouse serve posts.so --listen 0.0.0.0:9003 --assertion-key file:/run/secrets/assertion.key\n"
        "  gatehouse serve posts.so --listen unix:/run/posts.sock --config posts.yaml\n"
        "  gatehouse serve posts.so --listen 127.0.0.1:0 --config '{\"page_size\": 50}' --ready-file posts.ready\n"
        "\n"
        "The same plugin, without the gateway: it believes an identity only when the gateway signed it with this key.");
    command->add_option("PLUGIN", options->plugin, "the .so file")->required();
    CLI::Option* const listen =
        command->add_option("--listen", options->listen, "127.0.0.1:9003, [::]:9003 or unix:/path")
            ->type_name("ADDRESS");
    command->add_option("--config", options->config, "the plugin's configuration: a file, or JSON")
        ->type_name("FILE|JSON");
    command->add_option("--storage", options->storage, "sqlite:DIR or postgresql://… (sqlite:var/data)")
        ->type_name("URL");
    command
        ->add_option("--assertion-key", options->assertion_key,
                     std::string("env:NAME or file:PATH (env:") + kKeyVariable + ", else file:" + kKeyFile + ")")
        ->type_name("REFERENCE");
    command->add_option("--service", options->service, "name of the service (that of the file)")->type_name("NAME");
    command->add_option("--loops", options->loops, "event loops (1)")->check(CLI::Range(1, 1024))->type_name("N");
    command->add_option("--workers", options->workers, "threads of the plugin's pool (as the host sees fit)")
        ->type_name("N");
    command
        ->add_option("--gateway", options->gateway,
                     "the internal listener of a gateway, by which other services are called: http://HOST:PORT or "
                     "unix:/path")
        ->type_name("ADDRESS");
    command
        ->add_option("--events", options->events,
                     "event bus: amqp://user@host:5672/vhost or kafka://host:9092 (left out: by way of --gateway)")
        ->type_name("URL");
    command->add_option("--events-password", options->events_password, "env:NAME or file:PATH")->type_name("REFERENCE");
    command->add_option("--events-ca", options->events_ca, "PEM file with the broker's CA")->type_name("PATH");
    command->add_flag("--spawned", options->is_spawned, "")->group("");
    command
        ->add_option("--kv", options->kv,
                     "where values and leases are kept: memory, redis://… or redis+unix:… (memory)")
        ->type_name("URL");
    command->add_option("--kv-password", options->kv_password, "of Redis: env:NAME or file:PATH")
        ->type_name("REFERENCE");
    command->add_option("--ready-file", options->ready_file, "written, as JSON, once it serves")->type_name("PATH");
    command->callback([options, listen, &status] {
        if (!options->is_spawned && listen->empty()) throw CLI::RequiredError("--listen");
        status = serve(*options);
    });
}

}  // namespace gatehouse::cli
