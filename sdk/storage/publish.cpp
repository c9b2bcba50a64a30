// Transaction::publish_json(): a row of gh_outbox.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "gatehouse/id.hpp"
#include "gatehouse/storage/transaction.hpp"

namespace gatehouse {

namespace {

// What gh.events/1 takes.
constexpr std::size_t kTypeBytesMax = 100, kSubjectBytesMax = 256, kTraceBytesMax = 64, kIdBytesMax = 64,
                      kDataBytesMax = 256 * 1024;

constexpr char kInsert[] =
    "insert into gh_outbox (id, type, subject, data, trace_parent, created_at) values ($1, $2, $3, $4, $5, $6)";
// The sequence number is drawn after the subject's lock was given, and the lock is kept to the end of the transaction:
// so the numbers of one subject are in the order of the commits. (1195461717 is "GATU"; migrations have another.)
constexpr char kInsertInTurn[] =
    "with turn as materialized (select 1 as one from pg_advisory_xact_lock(1195461717, "
    "hashtext(current_schema()::text || ' ' || $3::text)))"
    " insert into gh_outbox (id, type, subject, data, trace_parent, created_at)"
    " select $1::text, $2::text, $3::text, $4::text, $5::text, $6::bigint from turn";

bool is_event_type(std::string_view text) {
    return !text.empty() && text.size() <= kTypeBytesMax && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    });
}

}  // namespace

void Transaction::publish_json(std::string_view type, std::string_view json, std::string_view subject,
                               std::string_view trace_parent, std::string_view id) {
    if (events_ == nullptr) {
        throw std::logic_error("only a write() of a Database with gatehouse::Events can publish");
    }
    if (!is_event_type(type)) throw std::invalid_argument("not a type of events: \"" + std::string(type) + "\"");
    if (subject.size() > kSubjectBytesMax) throw std::invalid_argument("the subject of an event is too long");
    if (json.size() > kDataBytesMax)
        throw std::invalid_argument("the payload of " + std::string(type) + " is too long");
    if (id.size() > kIdBytesMax) throw std::invalid_argument("the id of an event is too long");
    if (trace_parent.size() > kTraceBytesMax) trace_parent = {};
    const std::string own_id = id.empty() ? uuid7() : std::string(id);
    const bool needs_turn = engine_ == Engine::postgresql && !subject.empty();
    execute_later(needs_turn ? kInsertInTurn : kInsert, own_id, type, subject, json, trace_parent, events_->now());
    has_published_ = true;
}

}  // namespace gatehouse
