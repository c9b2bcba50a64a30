#include "gateway/config/schema.hpp"

namespace gatehouse::config {

constexpr std::uint64_t kSecond = 1'000;
constexpr std::uint64_t kMinute = 60 * kSecond;
constexpr std::uint64_t kHour = 60 * kMinute;
constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMiB = 1024 * kKiB;
constexpr std::uint64_t kGiB = 1024 * kMiB;

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
constinit const Object schema::pool{"pool", kPoolKeys};

constexpr Key kProcessKeys[] = {
    {.name = "memory",
     .type = Type::size,
     .value = "1GiB",
     .doc = "data and stacks of the process",
     .least = 64 * kMiB,
     .most = 1024 * kGiB},
    {.name = "files",
     .type = Type::whole_number,
     .value = "4096",
     .doc = "open files and connections",
     .least = 64,
     .most = 1'048'576},
    {.name = "loops", .type = Type::whole_number, .value = "1", .doc = "event loops", .least = 1, .most = 64},
};
constinit const Object schema::process{"process", kProcessKeys};

constexpr Key kServiceKeys[] = {
    {.name = "at",
     .type = Type::endpoints,
     .doc =
         "plugin:NAME in this process, spawn:NAME in a child process, \"http://host:port\", \"http+unix:/path\", or a "
         "list of these with at most one plugin: and one spawn:",
     .is_required = true},
    {.name = "weights",
     .type = Type::numbers,
     .doc = "beside a list: what share of the requests each entry gets; the same for all if left out",
     .least = 0,
     .most = 1'000},
    {.name = "pool",
     .type = Type::object,
     .doc = "connections to a service that is not in this process",
     .object = &schema::pool},
    {.name = "process",
     .type = Type::object,
     .doc = "what the child process of spawn:NAME may use",
     .object = &schema::process},
    {.name = "config",
     .type = Type::free,
     .doc = "a plugin's own configuration; env:NAME and file:PATH are replaced by what they hold"},
    {.name = "workers",
     .type = Type::whole_number,
     .doc = "threads of a plugin's pool; as the host sees fit if left out",
     .least = 1,
     .most = 256},
    {.name = "probe",
     .type = Type::strings,
     .doc =
         "paths of a plugin: that its next generation has to answer to GET with 2xx or 3xx before it gets a request, "
         "at most 16"},
    {.name = "queue",
     .type = Type::whole_number,
     .doc = "requests that wait for a plugin's worker, above: 503; as the host sees fit if left out",
     .least = 1,
     .most = 1'000'000},
    {.name = "served",
     .type = Type::boolean,
     .doc = "requests carry X-Gatehouse-Assertion, for gatehouse serve at the far side; left out: true if there is an "
            "assertion_key"},
    {.name = "balance",
     .type = Type::choice,
     .value = "round_robin",
     .doc = "how a list of endpoints shares the requests",
     .choices = "round_robin",
     .later_choices = "least_request|ewma|hash"},
    {.name = "health", .type = Type::later, .doc = "endpoints are not probed yet"},
    {.name = "eject", .type = Type::later, .doc = "failing endpoints are not ejected yet"},
    {.name = "breaker", .type = Type::later, .doc = "there is no circuit breaker yet"},
};
constinit const Object schema::service{"a service", kServiceKeys};

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
constinit const Object schema::forward{"forward", kForwardKeys};

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
constinit const Object schema::decision_cache{"cache", kDecisionCacheKeys};

constexpr Key kAuthenticatorKeys[] = {
    {.name = "forward",
     .type = Type::object,
     .doc = "a service decides",
     .is_required = true,
     .object = &schema::forward},
    {.name = "send",
     .type = Type::strings,
     .value = "[authorization, cookie]",
     .doc = "the only request fields that the verifier sees, besides X-Forwarded-*"},
    {.name = "take",
     .type = Type::strings,
     .doc = "identity headers taken from its answer; absent there = absent upstream; all of them if left out"},
    {.name = "cache",
     .type = Type::object,
     .doc = "remembers decisions; off if left out",
     .object = &schema::decision_cache},
    {.name = "if_down",
     .type = Type::choice,
     .value = "deny",
     .doc = "deny = 503, allow = pass without identity",
     .choices = "deny|allow"},
    {.name = "recheck",
     .type = Type::duration,
     .value = "5s",
     .doc = "how often it is asked again while an answer without a length (server-sent events) goes on; a refusal "
            "ends that; none = never",
     .may_be_none = true,
     .least = 100,
     .most = kHour},
    {.name = "jwt", .type = Type::later, .doc = "tokens are verified by a service (forward), for now"},
    {.name = "claims", .type = Type::later, .doc = "tokens are verified by a service (forward), for now"},
};
constinit const Object schema::authenticator{"an authenticator", kAuthenticatorKeys};

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
constinit const Object schema::timeout{"timeout", kTimeoutKeys};

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
constinit const Object schema::rate{"rate", kRateKeys};

constexpr Key kRequireKeys[] = {
    {.name = "roles",
     .type = Type::strings,
     .doc = "the caller has at least one of them; else 403",
     .is_required = true},
};
constinit const Object schema::require{"require", kRequireKeys};

constexpr Key kCorsKeys[] = {
    {.name = "origins",
     .type = Type::strings,
     .doc = "whose pages may: https://app.example.com, or only \"*\"; an empty list: nobody's",
     .is_required = true},
    {.name = "credentials",
     .type = Type::boolean,
     .value = "false",
     .doc = "also with cookies; auth has to list the origins as well (origins)"},
    {.name = "max_age",
     .type = Type::duration,
     .value = "10m",
     .doc = "how long browsers may remember a preflight",
     .least = 0,
     .most = 24 * kHour},
};
constinit const Object schema::cors{"cors", kCorsKeys};

constexpr Key kAuthChoiceKeys[] = {
    {.name = "optional",
     .type = Type::text,
     .doc = "name of an authenticator; no credentials = anonymous, bad credentials are still refused",
     .is_required = true},
};
constinit const Object schema::auth_choice{"auth", kAuthChoiceKeys};

constexpr Key kPolicyKeys[] = {
    {.name = "timeout", .type = Type::object, .doc = "how long a request may take", .object = &schema::timeout},
    {.name = "rate",
     .type = Type::rate_choice,
     .doc = "how often one caller may come; each policy's own bucket has to let the request through; none drops those "
            "of the policies before",
     .object = &schema::rate},
    {.name = "auth",
     .type = Type::auth_choice,
     .value = "none",
     .doc = "who has to be known: none, the name of an authenticator, or { optional: NAME }",
     .object = &schema::auth_choice},
    {.name = "require", .type = Type::object, .doc = "what the caller has to be", .object = &schema::require},
    {.name = "body",
     .type = Type::size,
     .doc = "body of one request, above: 413; gateway.limits.body if left out",
     .least = 0,
     .most = 64 * kGiB},
    {.name = "cors",
     .type = Type::object,
     .doc = "pages of other origins that may read answers; preflights are answered here",
     .object = &schema::cors},
    {.name = "retry", .type = Type::later, .doc = "requests are sent once"},
    {.name = "compress", .type = Type::later, .doc = "answers pass as the service sent them"},
    {.name = "cache", .type = Type::later, .doc = "answers are not cached"},
    {.name = "transform", .type = Type::later, .doc = "fields pass as they came"},
};
constinit const Object schema::policy{"a policy", kPolicyKeys};

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
constinit const Object schema::redirect{"redirect", kRedirectKeys};

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
     .object = &schema::redirect},
    {.name = "allow_encoded_slash", .type = Type::boolean, .value = "false", .doc = "lets %2F pass in the path"},
    {.name = "name", .type = Type::text, .doc = "for logs and metrics; methods and path if left out"},
    {.name = "headers", .type = Type::later, .doc = "routes are chosen by host, path and method, for now"},
    {.name = "queries", .type = Type::later, .doc = "routes are chosen by host, path and method, for now"},
    {.name = "regex", .type = Type::later, .doc = "use {name}, {name:int} and /**"},
};
constinit const Object schema::route{"a route", kRouteKeys, &schema::policy};

constexpr Key kFileKeys[] = {
    {.name = "version",
     .type = Type::whole_number,
     .doc = "version of the schema: 1",
     .is_required = true,
     .least = 1,
     .most = 1},
    {.name = "gateway", .type = Type::object, .doc = "the process itself", .object = &schema::gateway},
    {.name = "services",
     .type = Type::services,
     .doc = "where each service runs: plugin:NAME, spawn:NAME, \"http://host:port\", \"http+unix:/path\", a list of "
            "these, or an object",
     .object = &schema::service},
    {.name = "auth", .type = Type::authenticators, .doc = "who is calling", .object = &schema::authenticator},
    {.name = "policies",
     .type = Type::policies,
     .doc = "what applies; the one named default applies to every route",
     .object = &schema::policy},
    {.name = "routes",
     .type = Type::routes,
     .doc = "most specific wins; their order never matters",
     .is_required = true,
     .object = &schema::route},
};
constinit const Object schema::file{"the file", kFileKeys};

}  // namespace gatehouse::config
