#include "gateway/config/schema.hpp"

namespace gatehouse::config {

namespace {

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
constexpr Object kListener{"a listener", kListenerKeys};

constexpr Key kAdminKeys[] = {
    {.name = "at", .type = Type::address, .doc = "where health, metrics and state are served", .is_required = true},
    {.name = "token",
     .type = Type::secret,
     .doc = "bearer token that callers show; may be left out on a loopback address or a Unix socket"},
};
constexpr Object kAdmin{"the admin listener", kAdminKeys};

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
constexpr Object kLimits{"limits", kLimitsKeys};

constexpr Key kLogKeys[] = {
    {.name = "to", .type = Type::text, .value = "stdout", .doc = "stdout, stderr, none or file:PATH"},
    {.name = "format", .type = Type::choice, .value = "json", .doc = "one JSON object per line", .choices = "json"},
    {.name = "redact",
     .type = Type::strings,
     .value = "[authorization, cookie]",
     .doc = "request fields whose values are never written"},
};
constexpr Object kLog{"log", kLogKeys};

constexpr Key kStorageKeys[] = {
    {.name = "default",
     .type = Type::text,
     .value = "\"sqlite:var/data\"",
     .doc = "sqlite:DIRECTORY (one file per service), postgresql://… (one schema per service), or env:NAME, file:PATH "
            "that hold one of these"},
};
constexpr Object kStorage{"storage", kStorageKeys};

constexpr Key kGatewayKeys[] = {
    {.name = "listen",
     .type = Type::objects,
     .value = "[{ at: \"127.0.0.1:8080\" }]",
     .doc = "where clients connect",
     .object = &kListener},
    {.name = "admin", .type = Type::object, .doc = "health, metrics, state; none if left out", .object = &kAdmin},
    {.name = "trusted_proxies",
     .type = Type::strings,
     .value = "[]",
     .doc = "addresses and networks whose X-Forwarded-* and X-Request-ID are believed"},
    {.name = "identity_headers",
     .type = Type::strings,
     .value = "[X-User-ID, X-User-Name, X-User-Roles, X-Session-ID]",
     .doc = "removed from every client request, however they are spelled; only the gateway writes them"},
    {.name = "limits", .type = Type::object, .doc = "what one client may cost", .object = &kLimits},
    {.name = "log", .type = Type::object, .doc = "the access log", .object = &kLog},
    {.name = "storage", .type = Type::object, .doc = "where services keep their data", .object = &kStorage},
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
    {.name = "trace", .type = Type::later, .doc = "traceparent is passed on, but spans are not exported yet"},
};
constexpr Object kGateway{"gateway", kGatewayKeys};

constexpr Key kPoolKeys[] = {
    {.name = "connections",
     .type = Type::whole_number,
     .value = "256",
     .doc = "per endpoint and event loop",
     .least = 1,
     .most = 65'535},
    {.name = "queue",
     .type = Type::whole_number,
     .value = "64",
     .doc = "requests that wait for a connection; above: 503",
     .least = 0,
     .most = 65'535},
    {.name = "queue_timeout",
     .type = Type::duration,
     .value = "500ms",
     .doc = "how long they wait; after: 503",
     .least = 1,
     .most = 10 * kMinute},
};
constexpr Object kPool{"pool", kPoolKeys};

constexpr Key kServiceKeys[] = {
    {.name = "at",
     .type = Type::endpoints,
     .doc = "plugin:NAME, \"http://host:port\", a list of these, or \"http+unix:/path\"",
     .is_required = true},
    {.name = "pool", .type = Type::object, .doc = "connections to an HTTP service", .object = &kPool},
    {.name = "config",
     .type = Type::free,
     .doc = "a plugin's own configuration; env:NAME and file:PATH are replaced by what they hold"},
    {.name = "workers",
     .type = Type::whole_number,
     .doc = "threads of a plugin's pool; as the host sees fit if left out",
     .least = 1,
     .most = 256},
    {.name = "queue",
     .type = Type::whole_number,
     .doc = "requests that wait for a plugin's worker, above: 503; as the host sees fit if left out",
     .least = 1,
     .most = 1'000'000},
    {.name = "served",
     .type = Type::boolean,
     .value = "false",
     .doc = "the far side is gatehouse serve: requests carry X-Gatehouse-Assertion"},
    {.name = "balance",
     .type = Type::choice,
     .value = "round_robin",
     .doc = "how a list of endpoints shares the requests",
     .choices = "round_robin",
     .later_choices = "least_request|ewma|hash"},
    {.name = "weights", .type = Type::later, .doc = "every endpoint gets the same share, for now"},
    {.name = "health", .type = Type::later, .doc = "endpoints are not probed yet"},
    {.name = "eject", .type = Type::later, .doc = "failing endpoints are not ejected yet"},
    {.name = "breaker", .type = Type::later, .doc = "there is no circuit breaker yet"},
};
constexpr Object kService{"a service", kServiceKeys};

constexpr Key kForwardKeys[] = {
    {.name = "to", .type = Type::text, .doc = "the service that verifies", .is_required = true},
    {.name = "path", .type = Type::text, .doc = "asked with GET and without a body", .is_required = true},
    {.name = "timeout",
     .type = Type::duration,
     .value = "200ms",
     .doc = "a later answer is no answer: 503",
     .least = 1,
     .most = 5 * kMinute},
};
constexpr Object kForward{"forward", kForwardKeys};

constexpr Key kDecisionCacheKeys[] = {
    {.name = "ttl",
     .type = Type::duration,
     .doc = "how long a decision holds",
     .is_required = true,
     .least = 1,
     .most = kHour},
    {.name = "by",
     .type = Type::strings,
     .doc = "credentials that make the key: field names or cookie:NAME; everything in send if left out"},
};
constexpr Object kDecisionCache{"cache", kDecisionCacheKeys};

constexpr Key kAuthenticatorKeys[] = {
    {.name = "forward", .type = Type::object, .doc = "a service decides", .is_required = true, .object = &kForward},
    {.name = "send",
     .type = Type::strings,
     .value = "[authorization, cookie]",
     .doc = "the only request fields that the verifier sees, besides X-Forwarded-*"},
    {.name = "take",
     .type = Type::strings,
     .doc = "identity headers taken from its answer; absent there = absent upstream; all of them if left out"},
    {.name = "cache", .type = Type::object, .doc = "remembers decisions; off if left out", .object = &kDecisionCache},
    {.name = "if_down",
     .type = Type::choice,
     .value = "deny",
     .doc = "deny = 503, allow = pass without identity",
     .choices = "deny|allow"},
    {.name = "jwt", .type = Type::later, .doc = "tokens are verified by a service (forward), for now"},
    {.name = "claims", .type = Type::later, .doc = "tokens are verified by a service (forward), for now"},
};
constexpr Object kAuthenticator{"an authenticator", kAuthenticatorKeys};

constexpr Key kTimeoutKeys[] = {
    {.name = "total",
     .type = Type::duration,
     .value = "15s",
     .doc = "from the request's last field to the answer's last octet",
     .may_be_none = true,
     .least = 1,
     .most = 24 * kHour},
    {.name = "connect",
     .type = Type::duration,
     .value = "1s",
     .doc = "to reach the service",
     .least = 1,
     .most = 5 * kMinute},
    {.name = "idle",
     .type = Type::duration,
     .value = "60s",
     .doc = "without any octet either way",
     .least = 1,
     .most = 24 * kHour},
};
constexpr Object kTimeout{"timeout", kTimeoutKeys};

constexpr Key kRateKeys[] = {
    {.name = "limit", .type = Type::rate, .doc = "requests per s, min, h or day", .is_required = true},
    {.name = "burst",
     .type = Type::whole_number,
     .doc = "how many may come at once; as many as limit if left out",
     .least = 1,
     .most = 1'000'000'000},
    {.name = "by",
     .type = Type::choice,
     .value = "ip",
     .doc = "who shares a bucket; IPv6 addresses by /64",
     .choices = "ip|user|route",
     .later_choices = "header"},
    {.name = "store",
     .type = Type::choice,
     .value = "local",
     .doc = "where the buckets are",
     .choices = "local",
     .later_choices = "shared"},
    {.name = "if_down", .type = Type::later, .doc = "it belongs to store: shared"},
};
constexpr Object kRate{"rate", kRateKeys};

constexpr Key kRequireKeys[] = {
    {.name = "roles",
     .type = Type::strings,
     .doc = "the caller has at least one of them; else 403",
     .is_required = true},
};
constexpr Object kRequire{"require", kRequireKeys};

constexpr Key kAuthChoiceKeys[] = {
    {.name = "optional",
     .type = Type::text,
     .doc = "name of an authenticator; no credentials = anonymous, bad credentials are still refused",
     .is_required = true},
};
constexpr Object kAuthChoice{"auth", kAuthChoiceKeys};

constexpr Key kPolicyKeys[] = {
    {.name = "timeout", .type = Type::object, .doc = "how long a request may take", .object = &kTimeout},
    {.name = "rate",
     .type = Type::rate_choice,
     .doc = "how often one caller may come; each policy's own bucket has to let the request through; none drops those "
            "of the policies before",
     .object = &kRate},
    {.name = "auth",
     .type = Type::auth_choice,
     .value = "none",
     .doc = "who has to be known: none, the name of an authenticator, or { optional: NAME }",
     .object = &kAuthChoice},
    {.name = "require", .type = Type::object, .doc = "what the caller has to be", .object = &kRequire},
    {.name = "body",
     .type = Type::size,
     .doc = "body of one request, above: 413; gateway.limits.body if left out",
     .least = 0,
     .most = 64 * kGiB},
    {.name = "retry", .type = Type::later, .doc = "requests are sent once"},
    {.name = "cors", .type = Type::later, .doc = "the services answer CORS themselves"},
    {.name = "compress", .type = Type::later, .doc = "answers pass as the service sent them"},
    {.name = "cache", .type = Type::later, .doc = "answers are not cached"},
    {.name = "transform", .type = Type::later, .doc = "fields pass as they came"},
};
constexpr Object kPolicy{"a policy", kPolicyKeys};

constexpr Key kRedirectKeys[] = {
    {.name = "to",
     .type = Type::text,
     .doc = "a path or an http(s) URL; may end in /** when the path does",
     .is_required = true},
    {.name = "status",
     .type = Type::whole_number,
     .value = "308",
     .doc = "301, 302, 303, 307 or 308",
     .least = 300,
     .most = 399},
};
constexpr Object kRedirect{"redirect", kRedirectKeys};

constexpr Key kRouteKeys[] = {
    {.name = "path",
     .type = Type::text,
     .doc = "segments: literal, {name}, {name:int}, and ** at the end for the rest",
     .is_required = true},
    {.name = "methods", .type = Type::strings, .doc = "all if left out; GET serves HEAD as well"},
    {.name = "host", .type = Type::text, .doc = "example.com or *.example.com; any if left out"},
    {.name = "to", .type = Type::text, .doc = "the service that answers"},
    {.name = "use", .type = Type::names, .doc = "policies, left to right, later wins; after the policy named default"},
    {.name = "rewrite", .type = Type::text, .doc = "path that the service sees; may end in /** when path does"},
    {.name = "redirect",
     .type = Type::object,
     .doc = "answers with a Location instead of asking a service",
     .object = &kRedirect},
    {.name = "allow_encoded_slash", .type = Type::boolean, .value = "false", .doc = "lets %2F pass in the path"},
    {.name = "name", .type = Type::text, .doc = "for logs and metrics; methods and path if left out"},
    {.name = "headers", .type = Type::later, .doc = "routes are chosen by host, path and method, for now"},
    {.name = "queries", .type = Type::later, .doc = "routes are chosen by host, path and method, for now"},
    {.name = "regex", .type = Type::later, .doc = "use {name}, {name:int} and /**"},
};
constexpr Object kRoute{"a route", kRouteKeys, &kPolicy};

constexpr Key kFileKeys[] = {
    {.name = "version",
     .type = Type::whole_number,
     .doc = "of the schema: 1",
     .is_required = true,
     .least = 1,
     .most = 1},
    {.name = "gateway", .type = Type::object, .doc = "the process itself", .object = &kGateway},
    {.name = "services",
     .type = Type::services,
     .doc = "where each service runs: plugin:NAME, \"http://host:port\", a list of these, \"http+unix:/path\", or an "
            "object",
     .object = &kService},
    {.name = "auth", .type = Type::authenticators, .doc = "who is calling", .object = &kAuthenticator},
    {.name = "policies",
     .type = Type::policies,
     .doc = "what applies; the one named default applies to every route",
     .object = &kPolicy},
    {.name = "routes",
     .type = Type::routes,
     .doc = "most specific wins; their order never matters",
     .is_required = true,
     .object = &kRoute},
};
constexpr Object kFile{"the file", kFileKeys};

}  // namespace

const Key* Object::find(std::string_view name) const {
    for (const Key& key : keys) {
        if (key.name == name) return &key;
    }
    return more != nullptr ? more->find(name) : nullptr;
}

std::vector<std::string> Object::names() const {
    std::vector<std::string> result = more != nullptr ? more->names() : std::vector<std::string>{};
    for (const Key& key : keys) {
        if (key.type != Type::later) result.emplace_back(key.name);
    }
    return result;
}

const Object& file_schema() { return kFile; }
const Object& gateway_schema() { return kGateway; }
const Object& listener_schema() { return kListener; }
const Object& admin_schema() { return kAdmin; }
const Object& limits_schema() { return kLimits; }
const Object& log_schema() { return kLog; }
const Object& storage_schema() { return kStorage; }
const Object& service_schema() { return kService; }
const Object& pool_schema() { return kPool; }
const Object& authenticator_schema() { return kAuthenticator; }
const Object& forward_schema() { return kForward; }
const Object& decision_cache_schema() { return kDecisionCache; }
const Object& policy_schema() { return kPolicy; }
const Object& timeout_schema() { return kTimeout; }
const Object& rate_schema() { return kRate; }
const Object& require_schema() { return kRequire; }
const Object& auth_choice_schema() { return kAuthChoice; }
const Object& route_schema() { return kRoute; }
const Object& redirect_schema() { return kRedirect; }

std::vector<std::string> split_choices(std::string_view choices) {
    std::vector<std::string> result;
    while (!choices.empty()) {
        const std::size_t end = choices.find('|');
        result.emplace_back(choices.substr(0, end));
        if (end == std::string_view::npos) break;
        choices.remove_prefix(end + 1);
    }
    return result;
}

}  // namespace gatehouse::config
