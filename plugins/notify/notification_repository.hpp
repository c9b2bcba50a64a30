// The table `notifications`: what users find in the application.
#pragma once

#include <gatehouse/storage/transaction.hpp>
#include <gatehouse/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plugins/notify/kind.hpp"
#include "plugins/notify/mail_repository.hpp"

namespace notify {

struct Notification {
    std::int64_t id = 0, user_id = 0;
    std::string source, event_id;
    Kind kind{};
    TextFields fields;
    Time created_at{};
    bool is_read = false;
};

namespace notifications {

// False: there is one of this source, event and kind already.
bool insert(Transaction& tx, const Notification& notification);
enum class Which { all, unread };
// Newest first, below an id.
[[nodiscard]] std::vector<Notification> list(Transaction& tx, std::int64_t user_id, Which which, std::int64_t below,
                                             int limit);
// Oldest first, above an id or made since a time: what a live stream may not have seen.
[[nodiscard]] std::vector<Notification> list_new(Transaction& tx, std::int64_t user_id, std::int64_t above, Time since,
                                                 int limit);
[[nodiscard]] std::int64_t newest(Transaction& tx, std::int64_t user_id);  // its id; 0: none
[[nodiscard]] std::int64_t count_unread(Transaction& tx, std::int64_t user_id);
void read_some(Transaction& tx, std::int64_t user_id, const std::vector<std::int64_t>& ids, Time now);
void read_up_to(Transaction& tx, std::int64_t user_id, std::int64_t id, Time now);
// Of made-up ones it counts when they were written.
std::int64_t purge(Transaction& tx, Time made_before, int limit);
void remove_of(Transaction& tx, std::int64_t user_id);

}  // namespace notifications
}  // namespace notify
