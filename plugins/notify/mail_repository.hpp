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
#include "plugins/notify/queue_table.hpp"

namespace notify {

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
// The lanes are the ranks of the kinds.
[[nodiscard]] const QueueTable& queue();
// Of the lowest rank that has one due.
[[nodiscard]] std::optional<Mail> claim(Transaction& tx, Time now, Time claimed_until);
void mark_sent(Transaction& tx, std::int64_t id, Time now);
void mark_expired(Transaction& tx, std::int64_t id, Time now);

[[nodiscard]] std::vector<MailSummary> list(Transaction& tx, std::string_view state, int limit);
// Secrets of dead ones that are over, and rows that ended before a time. How many rows went.
std::int64_t purge(Transaction& tx, Time now, Time ended_before, int limit);
void remove_of(Transaction& tx, std::int64_t user_id);

}  // namespace mails
}  // namespace notify
