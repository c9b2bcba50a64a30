// Slows down guessing of passwords, per account and per source, without letting a stranger lock anybody out.
//
//   account   after 5 failures every further one doubles a delay, from 1 s to 15 min. It holds only for sources that
//   have
//             failed themselves of late: the right password from a clean source always gets through.
//   source    an address (IPv6: its /64) after 50 failures, doubling from 1 s to 1 min, whatever the accounts.
//
// Accounts are known by the name that was typed, so an unknown one behaves like a known one. In memory: a restart
// forgets, which buys an attacker five guesses, and several processes count on their own.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

#include "plugins/auth/failure_table.hpp"

namespace auth {

struct ThrottleRules {
    BackoffRules account;
    BackoffRules source{.free_failures = 50, .longest_delay = std::chrono::minutes(1)};
};

// Thread-safe.
class Throttle final {
public:
    using Now = FailureTable::Now;

    explicit Throttle(ThrottleRules rules) : accounts_(rules.account), sources_(rules.source) {}

    // Zero = try the password; else how long to wait. address may be empty (unknown): then it counts as not clean.
    [[nodiscard]] std::chrono::milliseconds wait(std::string_view account, std::string_view address, Now now) const;
    void failed(std::string_view account, std::string_view address, Now now);
    // Forgives the account, not the source: an attacker may have an account of his own.
    void succeeded(std::string_view account);

private:
    mutable std::mutex mutex_;
    FailureTable accounts_;
    FailureTable sources_;
};

// 192.0.2.7 -> itself; 2001:db8:1:2:… -> "2001:db8:1:2::/64"; what is no address -> itself.
[[nodiscard]] std::string source_of(std::string_view address);

}  // namespace auth
