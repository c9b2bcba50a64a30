// The audit log: what administrators and moderators did. Rows are only ever added; triggers see to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/binding.hpp>
#include <gatehouse/id.hpp>
#include <gatehouse/page.hpp>
#include <gatehouse/storage/transaction.hpp>
#include <gatehouse/time.hpp>

#include "plugins/admin/actor.hpp"

namespace admin {

using gatehouse::field;
using gatehouse::fields;
using gatehouse::Time;
using gatehouse::Transaction;

struct AuditEntry {
    std::int64_t id = 0;
    Time at{};
    std::int64_t actor_id = 0;  // 0: this service itself
    std::string actor_name, action, target;
    gatehouse::RawJson details{"{}"};
    std::string request_id, address;
};
constexpr auto describe(AuditEntry*) {
    using gatehouse::description;
    return fields(field("id", &AuditEntry::id), field("at", &AuditEntry::at), field("actor_id", &AuditEntry::actor_id),
                  field("actor_name", &AuditEntry::actor_name), field("action", &AuditEntry::action),
                  field("target", &AuditEntry::target, description("post/7, comment/7, report/7 or user/7")),
                  field("details", &AuditEntry::details), field("request_id", &AuditEntry::request_id),
                  field("ip", &AuditEntry::address, description("empty when it is not known")));
}

struct AuditQuery : gatehouse::PageQuery {
    std::optional<std::int64_t> actor;
    std::optional<std::string> action, target;
    std::optional<Time> from, to;
};
constexpr auto describe(AuditQuery*) {
    using gatehouse::description;
    return fields(gatehouse::limit_field(), gatehouse::cursor_field(),
                  field("actor", &AuditQuery::actor, description("id of a user; 0 = the service itself")),
                  field("action", &AuditQuery::action, gatehouse::max_length(64)),
                  field("target", &AuditQuery::target, gatehouse::max_length(64), description("user/7")),
                  field("from", &AuditQuery::from), field("to", &AuditQuery::to, description("not included")));
}

namespace audit {

struct Nothing {};
constexpr auto describe(Nothing*) { return fields(); }

void insert(Transaction& tx, const AuditEntry& entry);
// Newest first, older than `before`.
[[nodiscard]] std::vector<AuditEntry> list(Transaction& tx, const AuditQuery& query, std::int64_t before, int limit);

}  // namespace audit

// Writes rows in the transaction of what they tell. Thread-safe.
class AuditLog final {
public:
    explicit AuditLog(gatehouse::IdSource& ids) : ids_(ids) {}

    template <class Details = audit::Nothing>
    void write(Transaction& tx, Time at, const Actor& actor, std::string_view action, std::string_view target,
               const Details& details = {}) const {
        audit::insert(tx, {ids_.next(),
                           at,
                           actor.id,
                           actor.name,
                           std::string(action),
                           std::string(target),
                           {gatehouse::to_json(details)},
                           actor.request_id,
                           actor.address});
    }

private:
    gatehouse::IdSource& ids_;
};

}  // namespace admin
