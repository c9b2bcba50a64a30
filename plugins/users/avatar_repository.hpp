// The table `avatars_aside`: pictures that media has still to delete.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/storage/transaction.hpp>

namespace users::avatars {

using gatehouse::Transaction;

struct Aside {
    std::string media_id;
    std::int64_t user_id = 0;  // whose it was
};

void put_aside(Transaction& tx, std::string_view media_id, std::int64_t user_id);
[[nodiscard]] std::vector<Aside> aside(Transaction& tx, int limit);
[[nodiscard]] std::vector<Aside> aside_of(Transaction& tx, std::int64_t user_id, int limit);
void forget(Transaction& tx, std::string_view media_id);

}  // namespace users::avatars
