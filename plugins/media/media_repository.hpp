// The tables `media`, `objects` and `reservations`: SQL and nothing else.
//
// An object is in the store as long as something refers to it: a row of `media`, or an upload under way (a
// reservation). Who changes that holds the object's row locked. An object that nothing refers to is marked as leaving,
// in one transaction; then it is taken out of the store; then its row goes. Nobody can refer to it while it is leaving.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/storage/transaction.hpp>

#include "plugins/media/media.hpp"

namespace media::repository {

using gatehouse::Transaction;

// False while it is leaving: try again soon. A reservation of that name is prolonged.
[[nodiscard]] bool reserve(Transaction& tx, std::string_view object_name, std::string_view reservation, Time until);
// The reservation becomes a row of `media`; false when it was too old and its object is leaving.
[[nodiscard]] bool keep(Transaction& tx, const Media& media, std::string_view reservation);
// There will be no such row.
void give_up(Transaction& tx, std::string_view reservation);

[[nodiscard]] std::optional<Media> find(Transaction& tx, std::string_view id);
// In no particular order; unknown ids are left out.
[[nodiscard]] std::vector<Media> find_all(Transaction& tx, const std::vector<std::string>& ids);
// As find(), and nobody else changes it until the transaction ends.
[[nodiscard]] std::optional<Media> lock(Transaction& tx, std::string_view id);
// The oldest of its owner's.
[[nodiscard]] std::vector<Media> lock_some_of(Transaction& tx, std::int64_t owner_id, int limit);
void remove(Transaction& tx, std::string_view id);

// Marks the object as leaving if nothing refers to it; false if something does.
[[nodiscard]] bool let_go(Transaction& tx, std::string_view object_name, Time now);
// It is out of the store.
void forget(Transaction& tx, std::string_view object_name);
// They can be referred to, and none can leave until the transaction ends. REQUIRES: each name once
[[nodiscard]] bool hold_all(Transaction& tx, const std::vector<std::string>& object_names);
// Some that are leaving, or that could.
[[nodiscard]] std::vector<std::string> idle_objects(Transaction& tx, Time now, int limit);

}  // namespace media::repository
