// Small values by key that outlive a generation (gh.kv/1): caches, counters, marks. In memory or in Redis, as the
// operator has configured; see sdk/docs/kv-and-lease.md for what each of them promises.
//
//     context.kv().set("quote/" + id, text, 10min);
//     if (context.kv().increment("login/" + name, 1, 1min) > 5) throw TooManyRequests();
//
// Keys: 1 to 512 octets, any. Values: at most 1 MiB. Keys belong to the service.
#pragma once

#include <gatehouse/abi.h>
#include <gatehouse/ext/kv.h>
#include <gatehouse/binding.hpp>
#include <gatehouse/call.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse {

// The store did not do it: GH_E_UNAVAILABLE, GH_E_TIMEOUT (then it is unknown whether a change was made), GH_E_LIMIT
// (too large, no room, overflow), GH_E_INVALID (a bad key; increment() of what is no number). Uncaught in a handler:
// 503.
class KvFailed final : public CallFailed {
public:
    using CallFailed::CallFailed;
};

struct KvEntry {
    std::string value;
    std::uint64_t version = 0;  // changes with every write; never 0
};

// One request for ask(); the fields are those of gh_kv_request.
struct KvRequest {
    std::int32_t command = GH_KV_GET;
    std::uint32_t condition = 0;  // GH_KV_IF_*
    std::string key, value, expected;
    std::uint64_t version = 0;
    std::chrono::milliseconds ttl{0};
    std::int64_t delta = 0;
};

struct KvReply {
    gh_status status = GH_OK;
    std::string reason;                // with an error
    bool found = false;                // the key was there
    bool applied = false;              // the change was made
    std::optional<std::string> value;  // of GH_KV_GET
    std::uint64_t version = 0;
    std::int64_t number = 0;
};

// A view of the host: copy freely, as long as the service lives. All but ask() block, for as long as the store takes
// (at most about twice its time limit), so they are for workers only: logic_error on a loop. They throw KvFailed.
class Kv {
public:
    using Ttl = std::chrono::milliseconds;
    static constexpr Ttl kForever{0};

    explicit Kv(const gh_host* host);

    [[nodiscard]] std::optional<KvEntry> find(std::string_view key) const;
    [[nodiscard]] std::optional<std::string> get(std::string_view key) const;
    // Gives the new version.
    std::uint64_t set(std::string_view key, std::string_view value, Ttl ttl = kForever) const;
    [[nodiscard]] bool set_if_absent(std::string_view key, std::string_view value, Ttl ttl = kForever) const;
    // Compare and set: false if the key has another version by now. Version 0: it is absent.
    [[nodiscard]] bool set_if_version(std::string_view key, std::uint64_t version, std::string_view value,
                                      Ttl ttl = kForever) const;
    [[nodiscard]] bool set_if_value(std::string_view key, std::string_view expected, std::string_view value,
                                    Ttl ttl = kForever) const;
    bool remove(std::string_view key) const;  // false: there was none
    [[nodiscard]] bool remove_if_version(std::string_view key, std::uint64_t version) const;
    [[nodiscard]] bool remove_if_value(std::string_view key, std::string_view expected) const;
    // Adds to a number, from 0 on if there is none; ttl is for a key that this creates (a window that begins).
    std::int64_t increment(std::string_view key, std::int64_t delta = 1, Ttl ttl = kForever) const;

    // Described types (describe.hpp) as JSON. A value that does not fit T any more counts as absent.
    template <class T>
    [[nodiscard]] std::optional<T> get_json(std::string_view key) const {
        const auto text = get(key);
        if (!text) return std::nullopt;
        try {
            return from_json<T>(*text);
        } catch (const Problem&) {
            return std::nullopt;
        }
    }
    template <class T>
    std::uint64_t set_json(std::string_view key, const T& value, Ttl ttl = kForever) const {
        return set(key, to_json(value), ttl);
    }

    // For loops, where it must be called: never blocks. done runs once, before this returns if the store answers at
    // once (memory, or a refusal), else later on the same loop; also after the drain deadline (GH_E_CANCELED).
    void ask(const KvRequest& request, std::function<void(KvReply)> done) const;

private:
    KvReply run(const KvRequest& request) const;

    const gh_host* host_;
    const gh_kv_store* store_;
};

}  // namespace gatehouse
