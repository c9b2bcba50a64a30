#include "sdk/events/commands.hpp"

#include <gatehouse/problem.hpp>

#include "sdk/events/outbox.hpp"

namespace gatehouse::events {

namespace {

outbox::Which to_which(ListState state) {
    switch (state) {
        case ListState::unsent: return outbox::Which::unsent;
        case ListState::sent: return outbox::Which::sent;
        case ListState::refused: return outbox::Which::refused;
        case ListState::all: return outbox::Which::all;
    }
    return outbox::Which::all;
}

std::string state_of(const outbox::Listed& row) {
    if (row.sent_at) return row.last_error.empty() ? "sent" : "refused";
    return row.next_attempt_at > 0 ? "waiting" : "unsent";
}

ListedEvent to_listed(const outbox::Listed& row) {
    ListedEvent listed;
    listed.id = row.event.id;
    listed.type = row.event.type;
    listed.subject = row.event.subject;
    listed.time = from_unix_ms(row.event.created_at);
    listed.state = state_of(row);
    listed.attempts = row.event.attempts;
    if (row.next_attempt_at > 0) listed.next_attempt_at = from_unix_ms(row.next_attempt_at);
    if (row.sent_at) listed.sent_at = from_unix_ms(*row.sent_at);
    if (!row.last_error.empty()) listed.last_error = row.last_error;
    return listed;
}

ListedDead to_listed(const inbox::DeadLetter& letter) {
    ListedDead listed;
    listed.id = letter.event.id;
    listed.source = letter.event.source;
    listed.type = letter.event.type;
    listed.subject = letter.event.subject;
    listed.time = letter.event.time;
    listed.died_at = from_unix_ms(letter.died_at);
    listed.attempts = letter.event.attempt - 1;
    listed.last_error = letter.last_error;
    return listed;
}

void add(const std::vector<Redriven>& results, RedriveAnswer& answer) {
    for (const Redriven& result : results) {
        RedrivenEvent event{result.id, result.type, result.is_done ? "processed" : "failed", std::nullopt};
        if (!result.error.empty()) event.error = result.error;
        answer.items.push_back(std::move(event));
    }
}

}  // namespace

EventList Commands::list(const ListArguments& arguments) {
    return database_.read([&](Transaction& tx) {
        EventList answer{outbox::backlog(tx).count, {}};
        for (const auto& row : outbox::list(tx, to_which(arguments.state), arguments.limit)) {
            answer.items.push_back(to_listed(row));
        }
        return answer;
    });
}

DeadList Commands::dead(const DeadArguments& arguments) {
    return database_.read([&](Transaction& tx) {
        DeadList answer{inbox::count_dead(tx), {}};
        for (const auto& letter : inbox::dead_letters(tx, arguments.limit)) answer.items.push_back(to_listed(letter));
        return answer;
    });
}

RedriveAnswer Commands::redrive(const RedriveArguments& arguments) {
    if (arguments.ids.empty() && !arguments.all && !arguments.sent_within) {
        throw BadRequest("Name events by id, or say all or sent_within.");
    }
    RedriveAnswer answer;
    for (const std::string& id : arguments.ids) redrive_by_id(id, answer);
    if (arguments.all) add(consumer_.redrive(std::nullopt), answer);
    if (arguments.all || arguments.sent_within) {
        std::optional<std::int64_t> since;
        if (arguments.sent_within) since = to_unix_ms(context_.wall_time() - *arguments.sent_within);
        answer.to_be_sent = database_.write([&](Transaction& tx) { return outbox::resend_all(tx, since); });
    }
    poke_();
    return answer;
}

void Commands::redrive_by_id(const std::string& id, RedriveAnswer& answer) {
    const std::vector<Redriven> results = consumer_.redrive(id);
    if (!results.empty()) return add(results, answer);
    const bool is_found = database_.write([&](Transaction& tx) { return outbox::resend(tx, id); });
    answer.items.push_back({id, {}, is_found ? "to be sent" : "not found", std::nullopt});
}

}  // namespace gatehouse::events
