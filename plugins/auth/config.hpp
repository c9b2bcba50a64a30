// The configuration of this plugin: `services: auth: config:` in routes.yaml. README.md has the table.
#pragma once

#include <chrono>
#include <cstdint>
#include <gatehouse/describe.hpp>
#include <gatehouse/events.hpp>
#include <gatehouse/time.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plugins/auth/account.hpp"
#include "plugins/auth/key_ring.hpp"

namespace auth {

constexpr auto describe(Algorithm*) {
    return gatehouse::names<Algorithm>(
        {{"EdDSA", Algorithm::eddsa}, {"ES256", Algorithm::es256}, {"HS256", Algorithm::hs256}});
}

struct VerifyKeyConfig {
    std::string key;
    std::optional<Algorithm> algorithm;
    std::optional<Time> until;
};
constexpr auto describe(VerifyKeyConfig*) {
    using gatehouse::field;
    return gatehouse::fields(field("key", &VerifyKeyConfig::key), field("algorithm", &VerifyKeyConfig::algorithm),
                             field("until", &VerifyKeyConfig::until));
}

struct PasswordConfig {
    std::uint32_t memory_kib = 19'456;
    std::uint32_t passes = 2;
    std::uint32_t lanes = 1;
    int hashing_threads = 0;  // 0 = one per core
    int hashing_queue = 64;
};
constexpr auto describe(PasswordConfig*) {
    using namespace gatehouse;
    return fields(
        field("memory_kib", &PasswordConfig::memory_kib, optional_default, minimum(8), maximum(1'048'576)),
        field("passes", &PasswordConfig::passes, optional_default, minimum(1), maximum(100)),
        field("lanes", &PasswordConfig::lanes, optional_default, minimum(1), maximum(16)),
        field("hashing_threads", &PasswordConfig::hashing_threads, optional_default, minimum(0), maximum(256)),
        field("hashing_queue", &PasswordConfig::hashing_queue, optional_default, minimum(0), maximum(10'000)));
}

struct ThrottleConfig {
    int account_failures = 5;  // before the first delay; 0 = no delays
    int source_failures = 50;
    int resets_per_source = 20;  // mails that an address may ask for in an hour; 0 = any number
    int lookups_per_user = 60;   // names that a user may look up in a minute; 0 = any number
};
constexpr auto describe(ThrottleConfig*) {
    using namespace gatehouse;
    return fields(
        field("account_failures", &ThrottleConfig::account_failures, optional_default, minimum(0), maximum(100)),
        field("source_failures", &ThrottleConfig::source_failures, optional_default, minimum(0), maximum(100'000)),
        field("resets_per_source", &ThrottleConfig::resets_per_source, optional_default, minimum(0), maximum(100'000)),
        field("lookups_per_user", &ThrottleConfig::lookups_per_user, optional_default, minimum(0), maximum(100'000)));
}

struct Config {
    std::string database = "sqlite:var/data/auth.db";
    std::string signing_key;
    std::string notify_key;
    std::optional<Algorithm> algorithm;
    std::vector<VerifyKeyConfig> verify_keys;
    std::string issuer = "gatehouse";
    std::string audience = "gatehouse";
    std::chrono::seconds access_lifetime{15 * 60};
    std::chrono::seconds refresh_lifetime{std::chrono::days(30)};
    std::chrono::seconds session_lifetime{std::chrono::days(90)};
    int sessions_per_user = 50;
    std::chrono::seconds deleted_kept{std::chrono::days(30)};
    std::string public_url;
    std::string cookie = "session";
    std::vector<std::string> origins;
    PasswordConfig password;
    ThrottleConfig throttle;
    std::chrono::milliseconds revocation_poll{1'000};
    gatehouse::EventOptions events;
};
constexpr auto describe(Config*) {
    using namespace gatehouse;
    return fields(field("database", &Config::database, optional_default),
                  field("signing_key", &Config::signing_key, optional_default, write_only),
                  field("notify_key", &Config::notify_key, optional_default, write_only,
                        description("shared with notify, which alone can read the codes and tokens that are mailed")),
                  field("algorithm", &Config::algorithm), field("verify_keys", &Config::verify_keys, optional_default),
                  field("issuer", &Config::issuer, optional_default, min_length(1)),
                  field("audience", &Config::audience, optional_default, min_length(1)),
                  field("access_lifetime", &Config::access_lifetime, optional_default),
                  field("refresh_lifetime", &Config::refresh_lifetime, optional_default),
                  field("session_lifetime", &Config::session_lifetime, optional_default),
                  field("sessions_per_user", &Config::sessions_per_user, optional_default, minimum(1), maximum(1'000)),
                  field("deleted_kept", &Config::deleted_kept, optional_default,
                        description("how long a deleted account can be restored; then it is erased")),
                  field("public_url", &Config::public_url, optional_default, max_length(300),
                        description("what links begin with: https://example.com")),
                  field("cookie", &Config::cookie, optional_default, min_length(1), max_length(64)),
                  field("origins", &Config::origins, optional_default, max_items(100),
                        description("pages of other hosts that may act for users with a cookie")),
                  field("password", &Config::password, optional_default),
                  field("throttle", &Config::throttle, optional_default),
                  field("revocation_poll", &Config::revocation_poll, optional_default),
                  field("events", &Config::events, optional_default));
}

// Throws std::runtime_error that says what is wrong and which command helps.
void check(const Config& config);
[[nodiscard]] std::unique_ptr<KeyRing> make_key_ring(const Config& config);
// What to do about a missing notify_key.
[[nodiscard]] std::string notify_key_help();

}  // namespace auth
