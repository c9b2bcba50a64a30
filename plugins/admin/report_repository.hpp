// The table `reports`: SQL and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/storage/transaction.hpp>

#include "plugins/admin/report.hpp"

namespace admin::reports {

using gatehouse::Transaction;

// False when that user has an open one about the same: the unique index decides, whatever the race.
[[nodiscard]] bool insert(Transaction& tx, const Report& report);
[[nodiscard]] std::optional<Report> find(Transaction& tx, std::int64_t id);
// Not resolved yet.
[[nodiscard]] std::optional<Report> find_open(Transaction& tx, std::int64_t reporter_id, const std::string& target);
// Of one user, not resolved yet; counts no further than `most`.
[[nodiscard]] std::int64_t count_open(Transaction& tx, std::int64_t reporter_id, std::int64_t most);
// Newest first, older than `before`.
[[nodiscard]] std::vector<Report> list(Transaction& tx, const ReportQuery& query, std::int64_t before, int limit);

// The open ones of that target, locked.
[[nodiscard]] std::vector<std::int64_t> lock_open(Transaction& tx, const std::string& target);

struct Resolution {
    ReportState state = ReportState::resolved;
    ReportAction action = ReportAction::dismiss;
    std::string note;
    std::int64_t actor_id = 0;
    std::string actor_name;
    Time at{};
    std::optional<std::int64_t> errand_id;
};
// All open ones of that target; returns them as they are then, the oldest first.
[[nodiscard]] std::vector<Report> resolve_open(Transaction& tx, const std::string& target,
                                               const Resolution& resolution);
// Those whose errand is done; returns them, the oldest first.
[[nodiscard]] std::vector<Report> settle(Transaction& tx, std::int64_t errand_id);
// Those whose errand was refused.
void reopen(Transaction& tx, std::int64_t errand_id);

// Forgets what an author had written.
void blank_of(Transaction& tx, std::int64_t author_id);

}  // namespace admin::reports
