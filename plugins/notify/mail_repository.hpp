// The table `mails`: the queue, what was sent, and the dead letters.
#pragma once

#include <gatehouse/storage/transaction.hpp>
#include <gatehouse/time.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/notify/kind.hpp"

namespace notify {

using gatehouse::Time;
using gatehouse::Transaction;
using TextFields = std::map<std::string, std::string>;

struct Mail {
    std::int64_t id = 0;
    std::string source, event_id;
    Kind kind{};
    std::int64_t user_id = 0;
    std::string recipient;  // the address
    Language language{};
    TextFields fields;
    std::optional<std::string> sealed;  // as it came; opened only to be sent, then erased
    std::int64_t attempts = 0;          // this one included
    Time created_at{};
    std::optional<Time> expires_at;
};

// For the operator: no secret, no text.
struct MailSummary {
    std::int64_t id = 0;
    std::string kind, recipient, state;
    std::int64_t attempts = 0;
    Time created_at{};
    std::optional<std::string> last_error;
};
constexpr auto describe(MailSummary*) {
    using gatehouse::field;
    return gatehouse::fields(field("id", &MailSummary::id), field("kind", &MailSummary::kind),
                             field("recipient", &MailSummary::recipient), field("state", &MailSummary::state),
                             field("attempts", &MailSummary::attempts), field("created_at", &MailSummary::created_at),
                             field("last_error", &MailSummary::last_error));
}

namespace mails {

// Unless there is one of this source, event and kind already.
void insert(Transaction& tx, const Mail& mail);
[[nodiscard]] bool is_any_due(Transaction& tx, Time now);
// The one that has been due for the longest. It is due again at claimed_until, for whoever sends on after a crash.
[[nodiscard]] std::optional<Mail> claim(Transaction& tx, Time now, Time claimed_until);
// Later again. Attempt::is_not_counted: nobody has looked at the mail.
enum class Attempt { counts, is_not_counted };
void put_off(Transaction& tx, std::int64_t id, Time due_at, Attempt attempt, std::string_view error);
void mark_sent(Transaction& tx, std::int64_t id, Time now);
void mark_dead(Transaction& tx, std::int64_t id, Time now, std::string_view error);
void mark_expired(Transaction& tx, std::int64_t id, Time now);

[[nodiscard]] std::vector<MailSummary> list(Transaction& tx, std::string_view state, int limit);
[[nodiscard]] std::int64_t count(Transaction& tx, std::string_view state);
// Dead ones become due; id: one of them. How many.
std::int64_t redrive(Transaction& tx, std::optional<std::int64_t> id, Time now);
// Secrets of dead ones that are over, and rows that ended before a time. How many rows went.
std::int64_t purge(Transaction& tx, Time now, Time ended_before, int limit);
void remove_of(Transaction& tx, std::int64_t user_id);

}  // namespace mails
}  // namespace notify
