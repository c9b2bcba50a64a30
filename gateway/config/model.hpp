#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// routes.yaml version 1 as plain values: what the rest of the gateway builds itself from. Made by load.hpp, which has
// checked everything (references exist, units are right, no conflicts), so nobody downstream checks again.
namespace gatehouse::config {

using std::chrono::milliseconds;

// Where a value stands in the file, for messages that are found later (a plugin's configuration, say). 1-based.
struct Position {
    int line = 0;
    int column = 0;
};

struct Listener {
    std::string host;        // numeric address, "0.0.0.0", "::", or a path with is_unix
    std::uint16_t port = 0;  // 0 = any free one
    bool is_unix = false;
    int descriptor = -1;  // an inherited listening socket; never of a file
};

struct Limits {
    std::size_t header_bytes = 32 * 1024;
    std::size_t headers = 100;
    std::uint64_t body = 10 * 1024 * 1024;
    milliseconds header_timeout{10'000};
    milliseconds body_timeout{30'000};  // without progress
    milliseconds keepalive_timeout{75'000};
    std::size_t connections = 20'000;  // per process
};

struct Log {
    enum class Target : std::uint8_t { standard_output, standard_error, file, none };
    Target to = Target::standard_output;
    std::string file;
    std::vector<std::string> redact;  // lower-case header names, never written to a log
};

struct Admin {
    std::optional<Listener> at;
    std::string token;  // resolved secret; empty = only loopback may ask
};

// 192.0.2.0/24 or a single address; IPv4 is held as ::ffff:a.b.c.d.
struct Network {
    std::array<std::uint8_t, 16> address{};
    int prefix_bits = 128;
};

// A new generation gets a share of the requests before it takes over.
struct Canary {
    std::uint32_t percent = 0;  // 0 = it takes over at once
    milliseconds time{30'000};
    std::uint32_t errors = 5;    // percentage points of 5xx beyond the old one's
    std::uint32_t slower = 200;  // its p99 in percent of the old one's; 0 = not compared
    bool operator==(const Canary&) const = default;
};

// For all plugins together.
struct Plugins {
    std::string crash_file = "var/crashes.log";  // one line per crash of the process inside a plugin
    bool watch = true;                           // a file that is renamed into the directory, or marked, is reloaded
    milliseconds observe{60'000};                // how long a replaced generation is kept warm
    std::uint32_t rollback_percent = 50;         // of 5xx among the new one's answers; 0 = never go back
    std::uint32_t rollback_after = 20;           // answers
    milliseconds drain{30'000};
    milliseconds streams{600'000};
    milliseconds grace{5'000};
    std::uint32_t generations = 4;  // of one service that run at a time
    std::uint32_t copies = 3;       // of ended generations' files
    Canary canary;
    bool handover_required = false;
    bool debug_header = false;        // Gatehouse-Plugin-Generation in answers
    milliseconds stall_after{100};    // a call that keeps an event loop so long is told of
    milliseconds break_after{1'000};  // and one that keeps it so long keeps requests away from its plugin
    milliseconds retry_after{5'000};  // from the loop's return on
};

// What stands behind gh.kv/1 and gh.lease/1.
struct KeyValueStore {
    std::string store = "memory";  // or redis://…, redis+unix:…
    std::string password;          // resolved secret; empty = none
    std::uint64_t memory_bytes = 64 * 1024 * 1024;
    milliseconds timeout{200};
    bool operator==(const KeyValueStore&) const = default;
};

// What carries events between services.
struct Events {
    enum class Bus : std::uint8_t { embedded, rabbitmq, kafka };
    Bus bus = Bus::embedded;
    std::string url = "embedded";  // as written; holds no secret
    std::string host;              // rabbitmq
    std::uint16_t port = 0;
    std::string vhost = "/";
    std::string brokers;  // kafka: host:port,host:port
    bool is_tls = false;
    std::string ca_file;  // PEM
    std::string user;
    std::string password;                    // resolved secret
    std::string topic = "gatehouse.events";  // the exchange or topic
    std::string prefix = "gatehouse.";       // of queues and consumer groups
    bool quorum_queues = true;
    std::string sasl = "scram-sha-512";
    std::uint32_t in_hand = 256;
    std::uint32_t workers = 2;
    bool operator==(const Events&) const = default;
};

// Absolute URLs that plugins may ask through gh.http_client/1; services by name always can be asked.
struct HttpClient {
    std::vector<std::string> origins;  // "http://host:port", lower-case, with port
    std::vector<Network> networks;     // of numeric addresses
};

// Where ended spans go.
struct Trace {
    std::string otlp;   // "http://host:port/v1/traces"; empty = nowhere
    double sample = 0;  // share of the traces that are not sampled by their beginner already
};

struct Gateway {
    std::vector<Listener> listen;
    Admin admin;
    std::optional<Listener> internal;  // for calls of services run by `gatehouse serve --gateway`
    Plugins plugins;
    Events events;
    KeyValueStore kv;
    HttpClient http_client;
    Trace trace;
    std::vector<Network> trusted_proxies;
    std::vector<std::string> identity_headers;  // as written; compared folded
    Limits limits;
    Log log;
    std::string storage_default = "sqlite:var/data";  // sqlite:DIRECTORY or postgresql://…
    std::string assertion_key;  // resolved secret for X-Gatehouse-Assertion; may be empty when nothing is remote
    std::uint32_t loops = 0;    // 0 = one per core
    milliseconds drain_timeout{30'000};
};

// One place where a service answers.
struct Endpoint {
    enum class Kind : std::uint8_t { plugin, spawn, http, unix_socket };
    Kind kind = Kind::plugin;
    std::string plugin;  // plugin:NAME or spawn:NAME
    std::string host;    // http://HOST:PORT, or the path of http+unix:PATH
    std::uint16_t port = 0;
};

struct Pool {
    std::uint32_t connections = 256;  // per endpoint and loop
    std::uint32_t queue = 64;
    milliseconds queue_timeout{500};
};

// What the child process of spawn:NAME may use.
struct Process {
    std::uint64_t memory = std::uint64_t{1} << 30;  // bytes of data and stacks
    std::uint32_t files = 4096;                     // open descriptors
    std::uint32_t loops = 1;
    bool operator==(const Process&) const = default;
};

struct Service {
    std::string name;
    std::vector<Endpoint> at;            // never empty; at most one plugin and one spawn among them
    std::vector<std::uint32_t> weights;  // beside `at`; their sum is not 0
    Pool pool;
    Process process;
    std::uint32_t workers = 0;         // threads of a plugin's pool; 0 = default
    std::uint32_t queue = 0;           // bound of its queue; 0 = default
    std::vector<std::string> probes;   // paths that its next generation has to answer first
    std::string plugin_config = "{}";  // JSON text of `config:`, secrets resolved, `database` filled in
    std::string shown_config = "{}";   // the same without secrets: references as written, passwords blotted out
    bool is_served = false;            // what http:// reaches is `gatehouse serve`: sign X-Gatehouse-Assertion
    std::string moved_because;         // why it runs at spawn:NAME though the file says plugin:NAME; else empty
    Position position;

    // The endpoint of that kind, or null: of plugin and spawn there is one at most.
    const Endpoint* find(Endpoint::Kind kind) const;
    bool is_plugin() const { return find(Endpoint::Kind::plugin) != nullptr; }
    bool is_spawned() const { return find(Endpoint::Kind::spawn) != nullptr; }
    // NAME of plugin:NAME, else of spawn:NAME; empty if no code of the service runs on this machine.
    const std::string& library() const;
    // The share of requests for plugin:NAME, and for all the others together.
    std::uint64_t plugin_weight() const;
    std::uint64_t remote_weight() const;
};

struct ForwardAuth {
    std::string to;  // service
    std::string path;
    milliseconds timeout{200};
};

struct Authenticator {
    std::string name;
    ForwardAuth forward;
    std::vector<std::string> send;      // lower-case request fields that the verifier sees
    std::vector<std::string> take;      // identity fields taken from its answer
    milliseconds cache_ttl{0};          // 0 = no decision cache
    std::vector<std::string> cache_by;  // "authorization" or "cookie:session"
    bool allow_if_down = false;
    milliseconds recheck{5'000};  // of callers to whom a response goes on; 0 = never
};

struct RateLimit {
    enum class By : std::uint8_t { ip, user, route };
    std::uint64_t limit = 0;  // requests per period
    std::chrono::nanoseconds period{0};
    std::uint64_t burst = 0;  // 0 = limit
    By by = By::ip;
    std::string policy;  // name of the policy it comes from: the bucket's name
};

// Which pages of other origins may read answers, and send what a plain form could not.
struct Cors {
    std::vector<std::string> origins;  // "https://app.example.com", or "*"; empty = CORS is not spoken
    bool credentials = false;          // with cookies
    milliseconds max_age{600'000};     // how long a browser may remember a preflight
    bool operator==(const Cors&) const = default;
};

// What applies to one route after all its policies were laid over each other, left to right.
struct Effective {
    milliseconds total_timeout{15'000};  // 0 = none
    milliseconds connect_timeout{1'000};
    milliseconds idle_timeout{60'000};
    std::vector<RateLimit> rates;            // every one has to let the request through
    std::string authenticator;               // empty = none
    bool auth_optional = false;              // no credentials = anonymous; bad credentials are still refused
    std::vector<std::string> require_roles;  // one of them; empty = any
    std::uint64_t max_body = 0;              // 0 = gateway limit
    Cors cors;
};

struct Redirect {
    std::string to;  // may end in "/**"
    int status = 308;
};

struct Route {
    std::string name;                  // given, or "METHODS path"
    std::string path;                  // pattern as written
    std::vector<std::string> methods;  // empty = all
    std::string host;                  // empty = all
    std::string to;                    // service; empty with redirect
    std::string rewrite;               // empty = none; may end in "/**"
    std::optional<Redirect> redirect;
    bool allow_encoded_slash = false;
    Effective effective;
    std::vector<std::string> use;  // policies, for explain
    Position position;
};

struct Configuration {
    std::string file;
    Gateway gateway;
    std::map<std::string, Service> services;
    std::map<std::string, Authenticator> authenticators;
    std::vector<Route> routes;  // in file order
};

}  // namespace gatehouse::config
