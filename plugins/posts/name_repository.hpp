// The table `author_names`: what renamed accounts are called now; and the names that posts, comments and likes keep.
// SQL and nothing else.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/events.hpp>
#include <gatehouse/request.hpp>
#include <gatehouse/storage/transaction.hpp>
#include <gatehouse/time.hpp>

namespace posts::names {

using gatehouse::Time;
using gatehouse::Transaction;

// Notes a new name, told by this event, unless a later event has told another one: one with a higher number and no
// earlier time. (Numbers begin anew with another database of the teller; clocks differ between machines.)
void put(Transaction& tx, std::int64_t user_id, std::string_view name, const gatehouse::Event& event, Time now);
// What to write at the user's things: a token may still carry the name of before.
[[nodiscard]] std::string of(Transaction& tx, const gatehouse::User& user);
// Leaves no name of an account that is gone.
void forget(Transaction& tx, std::int64_t user_id);

struct Renamed {
    std::int64_t user_id = 0;
    std::string name;
    Time since{};
};
[[nodiscard]] std::vector<Renamed> pending(Transaction& tx, int limit);  // the longest waiting first
// False: it has another name by now.
[[nodiscard]] bool is_current(Transaction& tx, const Renamed& renamed);
void finish(Transaction& tx, const Renamed& renamed);

// Where names are kept.
enum class Place { posts, comments, likes };
// Up to `limit` of the user's rows behind that key, in order: keys, and those among them with another name.
struct Span {
    std::int64_t last = 0;  // 0: there are no more
    std::vector<std::int64_t> outdated;
};
[[nodiscard]] Span look(Transaction& tx, Place place, const Renamed& renamed, std::int64_t after, int limit);
void rewrite(Transaction& tx, Place place, const Renamed& renamed, std::span<const std::int64_t> keys);

}  // namespace posts::names
