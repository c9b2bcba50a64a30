// Many ids in one parameter: "where id " + in_ids(engine, "$1"), with id_list(engine, ids) as $1.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <gatehouse/storage/transaction.hpp>

namespace posts {

[[nodiscard]] std::string id_list(gatehouse::Engine engine, std::span<const std::int64_t> ids);
[[nodiscard]] std::string in_ids(gatehouse::Engine engine, std::string_view parameter);

}  // namespace posts
