#include "gateway/pipeline/filters/rate_limit.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace gatehouse::pipeline {

namespace {

using By = config::RateLimit::By;

bool belongs_to(const config::RateLimit& rate, RateLimit::Phase phase) {
    return (rate.by == By::user) == (phase == RateLimit::Phase::after_auth);
}

// An sf-string (RFC 9651 section 3.3.3); what it cannot hold is left out.
std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result.push_back('\\');
        if (c >= 0x20 && c < 0x7f) result.push_back(c);
    }
    return result + '"';
}

std::uint64_t seconds_rounded_up(std::int64_t nanoseconds) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    return static_cast<std::uint64_t>((nanoseconds + kSecond - 1) / kSecond);
}

void append_number(std::string& out, std::uint64_t value) {
    std::array<char, 20> digits;
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

// IPv6 by /64: one customer has at least that many addresses. IPv4 as a whole.
std::string_view address_prefix(const Client& client) {
    constexpr std::array<std::uint8_t, 12> kMappedIpv4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    const bool is_ipv4 = std::memcmp(client.octets.data(), kMappedIpv4.data(), kMappedIpv4.size()) == 0;
    return {reinterpret_cast<const char*>(client.octets.data()), is_ipv4 ? std::size_t{16} : std::size_t{8}};
}

// Writes the RateLimit line of a limit unless a tighter one stands there already.
void report(Exchange& exchange, std::string_view field_start, std::uint64_t remaining, std::uint64_t seconds) {
    RateReport& rate = exchange.rate;
    if (rate.present && rate.remaining <= remaining) return;
    std::string& lines = exchange.response_fields;
    if (rate.present) lines.erase(rate.line_at, rate.line_bytes);
    rate = {true, remaining, lines.size(), 0};
    lines.append(field_start);
    append_number(lines, remaining);
    lines.append(";t=");
    append_number(lines, seconds);
    lines.append("\r\n");
    rate.line_bytes = lines.size() - rate.line_at;
}

constexpr std::uint64_t kByAddress = 1, kByUser = 2, kByRoute = 3;

KeyedHash hash_of(const KeyedHash::Key& key, std::uint64_t kind, std::string_view policy) {
    KeyedHash hash(key);
    hash.add(kind);
    hash.add(policy);
    return hash;
}

}  // namespace

bool RateLimit::applies(const config::Route& route, Phase phase) {
    const auto& rates = route.effective.rates;
    return std::any_of(rates.begin(), rates.end(), [phase](const auto& rate) { return belongs_to(rate, phase); });
}

RateLimit::RateLimit(const config::Route& route, Phase phase, RateLimitStore& store, observe::GatewayMetrics& metrics)
    : store_(store), metrics_(metrics) {
    for (const config::RateLimit& rate : route.effective.rates) {
        if (!belongs_to(rate, phase)) continue;
        KeyedHash by_route = hash_of(store.hash_key(), kByRoute, rate.policy);
        by_route.add(route.name);
        limits_.push_back({rate.by, Gcra::per(rate.limit, rate.period, rate.burst), by_route.finish(),
                           hash_of(store.hash_key(), kByAddress, rate.policy),
                           hash_of(store.hash_key(), kByUser, rate.policy), rate.policy,
                           "ratelimit: " + quoted(rate.policy) + ";r="});

        policy_field_ += "ratelimit-policy: " + quoted(rate.policy) + ";q=";
        append_number(policy_field_, rate.limit);
        policy_field_ += ";w=";
        append_number(policy_field_, std::max<std::uint64_t>(1, seconds_rounded_up(rate.period.count())));
        policy_field_ += "\r\n";
    }
}

Hash128 RateLimit::bucket_of(const Limit& limit, const Exchange& exchange) const {
    if (limit.by == By::route) return limit.route_bucket;
    const bool by_user = limit.by == By::user && exchange.identity.present;
    KeyedHash hash = by_user ? limit.by_user : limit.by_address;
    hash.add(by_user ? std::string_view(exchange.identity.id) : address_prefix(exchange.client));
    return hash.finish();
}

Verdict RateLimit::refuse(Exchange& exchange, const Limit& limit, const RateDecision& decision) {
    const std::uint64_t seconds = std::max<std::uint64_t>(1, seconds_rounded_up(decision.retry_ns));
    exchange.rate.remaining = ~std::uint64_t{0};  // the limit that refuses is the one to report
    report(exchange, limit.field_start, 0, seconds);
    LocalReply& reply = exchange.reply;
    reply.clear();
    reply.status = 429;
    reply.reason = "rate_limited";
    reply.detail = "Too many requests; try again later.";
    reply.fields.emplace_back("retry-after", std::to_string(seconds));
    metrics_.count_rate_limited(limit.policy);
    return Verdict::reply;
}

Verdict RateLimit::handle(Exchange& exchange) {
    const TimePoint now = exchange.received;
    exchange.response_fields.append(policy_field_);
    for (std::size_t i = 0; i < limits_.size(); ++i) {
        const RateDecision decision = store_.take(bucket_of(limits_[i], exchange), limits_[i].gcra, now);
        if (!decision.allowed) {
            for (std::size_t taken = 0; taken < i; ++taken) {
                store_.give_back(bucket_of(limits_[taken], exchange), limits_[taken].gcra, now);
            }
            return refuse(exchange, limits_[i], decision);
        }
        report(exchange, limits_[i].field_start, decision.remaining, seconds_rounded_up(decision.reset_ns));
    }
    return Verdict::next;
}

}  // namespace gatehouse::pipeline
