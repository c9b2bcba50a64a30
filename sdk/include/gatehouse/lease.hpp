// The right to do something alone, by name (gh.lease/1): in the generation that takes the requests and, with a shared
// store, in one process of the whole system. For work on a schedule there is context.every(), which stands on this.
//
//     lease_ = std::make_unique<Lease>(context, "mailbox", LeaseEvents{.gained = [this](auto) { poll(); }});   //
//     start() if (const auto work = lease_->begin()) repository_.mark(tx, work->token());                            //
//     worker
#pragma once

#include <gatehouse/abi.h>
#include <gatehouse/ext/lease.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace gatehouse {

class Context;

// Both run on one loop, in order, and must not block or throw. Either may be empty.
struct LeaseEvents {
    std::function<void(std::uint64_t token)> gained{};
    std::function<void()> lost{};
};

// Tries to get the lease from the constructor to the destructor. Thread-safe. Make it in start() or later.
class Lease {
public:
    static constexpr std::chrono::milliseconds kDefaultTtl{15'000};

    // ttl: how long after the death of a holder nobody can have it. runtime_error if the host refuses or has no leases.
    Lease(const Context& context, std::string_view name, LeaseEvents events = {},
          std::chrono::milliseconds ttl = kDefaultTtl);
    ~Lease();  // gives it up; no event begins after this when it runs on the loop of the events
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    // A piece of work under the lease: while it exists, a reload does not hand the lease over (but the drain deadline
    // or the store may take it away: then the token is what protects the data).
    class Work {
    public:
        Work(Work&& other) noexcept;
        Work& operator=(Work&&) = delete;
        ~Work();
        [[nodiscard]] std::uint64_t token() const { return token_; }

    private:
        friend class Lease;
        Work(const gh_host* host, const gh_lease* table, gh_op op, std::uint64_t token)
            : host_(host), table_(table), op_(op), token_(token) {}
        const gh_host* host_;
        const gh_lease* table_;
        gh_op op_;
        std::uint64_t token_;
    };
    // Empty: not held now.
    [[nodiscard]] std::optional<Work> begin() const;

private:
    struct State;
    const gh_host* host_;
    const gh_lease* table_;
    gh_op op_{};
    std::shared_ptr<State> state_;
};

}  // namespace gatehouse
