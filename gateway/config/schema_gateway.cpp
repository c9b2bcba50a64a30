#include "gateway/config/schema.hpp"

namespace gatehouse::config {

constexpr std::uint64_t kSecond = 1'000;
constexpr std::uint64_t kMinute = 60 * kSecond;
constexpr std::uint64_t kHour = 60 * kMinute;
constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMiB = 1024 * kKiB;
constexpr std::uint64_t kGiB = 1024 * kMiB;

constexpr Key kListenerKeys[] = {
    {.name = "at",
     .type = Type::address,
     .doc = "address and port, \"0.0.0.0:8080\" or \"[::]:8080\" (port 0: any free one), or \"unix:/path\"",
     .is_required = true},
    {.name = "tls", .type = Type::later, .doc = "TLS is not terminated here yet: put a proxy in front of the gateway"},
    {.name = "http", .type = Type::later, .doc = "HTTP/1.1 only, for now"},
    {.name = "proxy_protocol", .type = Type::later, .doc = "use trusted_proxies and X-Forwarded-For"},
};
constinit const Object schema::listener{"a listener", kListenerKeys};

constexpr Key kAdminKeys[] = {
    {.name = "at", .type = Type::address, .doc = "where health, metrics and state are served", .is_required = true},
    {.name = "token",
     .type = Type::secret,
     .doc = "bearer token that callers show; may be left out on a loopback address or a Unix socket"},
};
constinit const Object schema::admin{"the admin listener", kAdminKeys};

constexpr Key kLimitsKeys[] = {
    {.name = "header_bytes",
     .type = Type::size,
     .value = "32KiB",
     .doc = "request line and fields together; above: 431",
     .least = kKiB,
     .most = kMiB},
    {.name = "headers",
     .type = Type::whole_number,
     .value = "100",
     .doc = "fields of one request; above: 431",
     .least = 1,
     .most = 1'000},
    {.name = "body",
     .type = Type::size,
     .value = "10MiB",
     .doc = "body of one request; above: 413",
     .least = 0,
     .most = 64 * kGiB},
    {.name = "header_timeout",
     .type = Type::duration,
     .value = "10s",
     .doc = "from a request's first octet to its last field",
     .least = 10,
     .most = 10 * kMinute},
    {.name = "body_timeout",
     .type = Type::duration,
     .value = "30s",
     .doc = "without any octet of the body",
     .least = 10,
     .most = kHour},
    {.name = "keepalive_timeout",
     .type = Type::duration,
     .value = "75s",
     .doc = "between two requests of a connection",
     .least = 10,
     .most = kHour},
    {.name = "connections",
     .type = Type::whole_number,
     .value = "20000",
     .doc = "client connections of the whole process",
     .least = 1,
     .most = 1'000'000},
};
constinit const Object schema::limits{"limits", kLimitsKeys};

constexpr Key kLogKeys[] = {
    {.name = "to", .type = Type::text, .value = "stdout", .doc = "stdout, stderr, none or file:PATH"},
    {.name = "format", .type = Type::choice, .value = "json", .doc = "one JSON object per line", .choices = "json"},
    {.name = "redact",
     .type = Type::strings,
     .value = "[authorization, cookie]",
     .doc = "request fields whose values are never written"},
};
constinit const Object schema::log{"log", kLogKeys};

constexpr Key kStorageKeys[] = {
    {.name = "default",
     .type = Type::text,
     .value = "\"sqlite:var/data\"",
     .doc = "sqlite:DIRECTORY (one file per service), postgresql://… (one schema per service), or env:NAME, file:PATH "
            "that hold one of these"},
};
constinit const Object schema::storage{"storage", kStorageKeys};

constexpr Key kInternalKeys[] = {
    {.name = "at", .type = Type::address, .doc = "as gatehouse serve --gateway names it", .is_required = true},
};
constinit const Object schema::internal{"the internal listener", kInternalKeys};

constexpr Key kCanaryKeys[] = {
    {.name = "percent",
     .type = Type::whole_number,
     .value = "0",
     .doc = "of the service's requests that go to the new generation; 0 = it takes over at once",
     .least = 0,
     .most = 100},
    {.name = "time",
     .type = Type::duration,
     .value = "30s",
     .doc = "how long the trial lasts; other reloads wait meanwhile",
     .least = 0,
     .most = 10 * kMinute},
    {.name = "errors",
     .type = Type::whole_number,
     .value = "5",
     .doc = "percentage points by which its share of 5xx may exceed the old generation's, after rollback_after answers",
     .least = 0,
     .most = 100},
    {.name = "slower",
     .type = Type::whole_number,
     .value = "200",
     .doc = "what 99 of 100 answers may take, in percent of the old generation's and at least 5 ms more than there; "
            "0 = not compared",
     .least = 0,
     .most = 10'000},
};
constinit const Object schema::canary{"canary", kCanaryKeys};

constexpr Key kPluginsKeys[] = {
    {.name = "canary",
     .type = Type::object,
     .doc = "a plugin: whose file is reloaded first gets a share of the requests, and all only if it does no worse; "
            "changes "
            "of this file, spawn: and calls between services have no trial",
     .object = &schema::canary},
    {.name = "watch",
     .type = Type::boolean,
     .value = "true",
     .doc = "reload NAME.so when it is renamed into the plugin directory, or when NAME.so.ready is written there"},
    {.name = "observe",
     .type = Type::duration,
     .value = "60s",
     .doc = "how long a replaced generation is kept ready to take over again",
     .least = 0,
     .most = kHour},
    {.name = "rollback_percent",
     .type = Type::whole_number,
     .value = "50",
     .doc = "share of 5xx among the new generation's answers at which the one before takes over again; 0 = never",
     .least = 0,
     .most = 100},
    {.name = "rollback_after",
     .type = Type::whole_number,
     .value = "20",
     .doc = "answers before that share counts",
     .least = 1,
     .most = 1'000'000},
    {.name = "drain",
     .type = Type::duration,
     .value = "30s",
     .doc = "what the requests of a replaced generation may take to end",
     .least = 0,
     .most = kHour},
    {.name = "streams",
     .type = Type::duration,
     .value = "10m",
     .doc = "what its streams may take to end: answers in pieces, uploads that it pulls",
     .least = 0,
     .most = 24 * kHour},
    {.name = "grace",
     .type = Type::duration,
     .value = "5s",
     .doc = "between the end of a generation and the unmapping of its code",
     .least = 0,
     .most = kHour},
    {.name = "generations",
     .type = Type::whole_number,
     .value = "4",
     .doc = "generations of one service that run at a time; a further reload waits, then cancels the oldest",
     .least = 2,
     .most = 64},
    {.name = "copies",
     .type = Type::whole_number,
     .value = "3",
     .doc = "files of ended generations that are kept, for core dumps and for going back",
     .least = 0,
     .most = 100},
    {.name = "handover_required",
     .type = Type::boolean,
     .value = "false",
     .doc = "refuse a new generation that cannot take the old one's state over, instead of starting it empty"},
    {.name = "debug_header",
     .type = Type::boolean,
     .value = "false",
     .doc = "say Gatehouse-Plugin-Generation in every answer of a plugin"},
    {.name = "stall_after",
     .type = Type::duration,
     .value = "100ms",
     .doc = "a call of a plugin that keeps an event loop for so long is logged and counted while it lasts",
     .least = 10,
     .most = kHour},
    {.name = "break_after",
     .type = Type::duration,
     .value = "1s",
     .doc = "a call that keeps it for so long keeps requests away from its plugin: 503 plugin_stalled",
     .least = 10,
     .most = kHour},
    {.name = "retry_after",
     .type = Type::duration,
     .value = "5s",
     .doc = "from the loop's return until one request is tried",
     .least = 0,
     .most = kHour},
    {.name = "crash_file",
     .type = Type::text,
     .value = "\"var/crashes.log\"",
     .doc =
         "a plugin in which the process crashed three times within ten minutes runs in a child process from then on; "
         "its lines are here"},
};
constinit const Object schema::plugins{"plugins", kPluginsKeys};

constexpr Key kEventsKeys[] = {
    {.name = "bus",
     .type = Type::text,
     .value = "embedded",
     .doc =
         "embedded (no server), amqp://user@host:5672/vhost (RabbitMQ) or kafka://user@host:9092,host:9092; amqps:// "
         "and kafkas:// over TLS"},
    {.name = "password", .type = Type::secret, .doc = "of the broker's user"},
    {.name = "ca",
     .type = Type::text,
     .doc =
         "PEM file with who may have signed the broker's certificate; needed for amqps://, the system's for kafkas://"},
    {.name = "topic", .type = Type::text, .value = "gatehouse.events", .doc = "the exchange or topic"},
    {.name = "prefix",
     .type = Type::text,
     .value = "gatehouse.",
     .doc = "of queues and consumer groups; the service's name follows"},
    {.name = "queues",
     .type = Type::choice,
     .value = "quorum",
     .doc = "kind of RabbitMQ's queues, when they are made",
     .choices = "quorum|classic"},
    {.name = "sasl",
     .type = Type::choice,
     .value = "scram-sha-512",
     .doc = "how a user shows the password to Kafka",
     .choices = "scram-sha-512|scram-sha-256|plain"},
    {.name = "in_hand",
     .type = Type::whole_number,
     .value = "256",
     .doc = "events of one service that were fetched from the broker and are not processed",
     .least = 1,
     .most = 10'000},
    {.name = "workers",
     .type = Type::whole_number,
     .value = "2",
     .doc = "threads that run one service's event handlers for a broker",
     .least = 1,
     .most = 64},
};
constinit const Object schema::events{"events", kEventsKeys};

constexpr Key kKvKeys[] = {
    {.name = "store",
     .type = Type::text,
     .value = "memory",
     .doc = "memory: this process alone, gone when it ends; redis://[USER@]HOST:PORT/DATABASE or "
            "redis+unix:[USER@]/PATH: shared by all that use it, and leases hold in the whole system"},
    {.name = "password", .type = Type::secret, .doc = "of Redis"},
    {.name = "memory",
     .type = Type::size,
     .value = "64MiB",
     .doc = "bound of the memory store; above it the least recently used values go",
     .least = 4 * kMiB,
     .most = 1024 * kGiB},
    {.name = "timeout",
     .type = Type::duration,
     .value = "200ms",
     .doc = "for an answer of Redis, connecting and waiting included",
     .least = 10,
     .most = 10 * kSecond},
};
constinit const Object schema::kv{"the key-value store", kKvKeys};

constexpr Key kHttpClientKeys[] = {
    {.name = "allow",
     .type = Type::strings,
     .value = "[]",
     .doc = "origins (\"http://api.example.com\") and networks of numeric addresses (\"10.0.0.0/8\") that plugins may "
            "ask by URL; services by name need no entry"},
};
constinit const Object schema::http_client{"http_client", kHttpClientKeys};

constexpr Key kTraceKeys[] = {
    {.name = "otlp",
     .type = Type::text,
     .doc = "collector that takes spans by OTLP/HTTP JSON, \"http://127.0.0.1:4318\"; /v1/traces unless it has a path"},
    {.name = "sample",
     .type = Type::text,
     .value = "0%",
     .doc = "share of the traces whose beginner has not decided to sample, 0% to 100%"},
};
constinit const Object schema::trace{"trace", kTraceKeys};

constexpr Key kGatewayKeys[] = {
    {.name = "listen",
     .type = Type::objects,
     .value = "[{ at: \"127.0.0.1:8080\" }]",
     .doc = "where clients connect",
     .object = &schema::listener},
    {.name = "admin",
     .type = Type::object,
     .doc = "health, metrics, state; none if left out",
     .object = &schema::admin},
    {.name = "internal",
     .type = Type::object,
     .doc = "where services run by gatehouse serve --gateway call other services; none if left out",
     .object = &schema::internal},
    {.name = "trusted_proxies",
     .type = Type::strings,
     .value = "[]",
     .doc = "addresses and networks whose X-Forwarded-* and X-Request-ID are believed"},
    {.name = "identity_headers",
     .type = Type::strings,
     .value = "[X-User-ID, X-User-Name, X-User-Roles, X-Session-ID]",
     .doc = "removed from every client request, however they are spelled; only the gateway writes them"},
    {.name = "limits", .type = Type::object, .doc = "what one client may cost", .object = &schema::limits},
    {.name = "log", .type = Type::object, .doc = "the access log", .object = &schema::log},
    {.name = "storage", .type = Type::object, .doc = "where services keep their data", .object = &schema::storage},
    {.name = "plugins", .type = Type::object, .doc = "all plugins together", .object = &schema::plugins},
    {.name = "events", .type = Type::object, .doc = "what carries events between services", .object = &schema::events},
    {.name = "kv", .type = Type::object, .doc = "where services keep values and leases", .object = &schema::kv},
    {.name = "loops",
     .type = Type::whole_number,
     .value = "auto",
     .doc = "event loops; auto = one per core",
     .least = 1,
     .most = 1'024},
    {.name = "drain_timeout",
     .type = Type::duration,
     .value = "30s",
     .doc = "how long running requests may take after a stop was asked for",
     .least = 0,
     .most = kHour},
    {.name = "assertion_key",
     .type = Type::secret,
     .doc = "signs X-Gatehouse-Assertion for backends run by gatehouse serve; 32 bytes or more"},
    {.name = "http_client", .type = Type::object, .doc = "requests of plugins to URLs", .object = &schema::http_client},
    {.name = "trace", .type = Type::object, .doc = "where plugins' spans go", .object = &schema::trace},
};
constinit const Object schema::gateway{"gateway", kGatewayKeys};

}  // namespace gatehouse::config
