// events.list, events.dead and events.redrive: what an operator sees and may do.
#pragma once

#include <gatehouse/events.hpp>

#include <optional>
#include <string>
#include <vector>

#include "sdk/events/consumer.hpp"

namespace gatehouse::events {

enum class ListState { unsent, sent, refused, all };
constexpr auto describe(ListState*) {
    return names<ListState>({{"unsent", ListState::unsent},
                             {"sent", ListState::sent},
                             {"refused", ListState::refused},
                             {"all", ListState::all}});
}

struct ListArguments {
    ListState state = ListState::unsent;
    int limit = 100;
};
constexpr auto describe(ListArguments*) {
    return fields(field("state", &ListArguments::state, optional_default),
                  field("limit", &ListArguments::limit, optional_default, minimum(1), maximum(10'000)));
}

struct ListedEvent {
    std::string id, type, subject;
    Time time{};
    std::string state;  // "unsent", "waiting" (after a failure), "sent", "refused"
    int attempts = 0;
    std::optional<Time> next_attempt_at, sent_at;
    std::optional<std::string> last_error;
};
constexpr auto describe(ListedEvent*) {
    return fields(field("id", &ListedEvent::id), field("type", &ListedEvent::type),
                  field("subject", &ListedEvent::subject), field("time", &ListedEvent::time),
                  field("state", &ListedEvent::state), field("attempts", &ListedEvent::attempts),
                  field("next_attempt_at", &ListedEvent::next_attempt_at), field("sent_at", &ListedEvent::sent_at),
                  field("last_error", &ListedEvent::last_error));
}

struct EventList {
    std::int64_t unsent = 0;  // all there are
    std::vector<ListedEvent> items;
};
constexpr auto describe(EventList*) {
    return fields(field("unsent", &EventList::unsent), field("items", &EventList::items));
}

struct DeadArguments {
    int limit = 100;
};
constexpr auto describe(DeadArguments*) {
    return fields(field("limit", &DeadArguments::limit, optional_default, minimum(1), maximum(10'000)));
}

struct ListedDead {
    std::string id, source, type, subject;
    Time time{}, died_at{};
    int attempts = 0;
    std::string last_error;
};
constexpr auto describe(ListedDead*) {
    return fields(field("id", &ListedDead::id), field("source", &ListedDead::source), field("type", &ListedDead::type),
                  field("subject", &ListedDead::subject), field("time", &ListedDead::time),
                  field("died_at", &ListedDead::died_at), field("attempts", &ListedDead::attempts),
                  field("last_error", &ListedDead::last_error));
}

struct DeadList {
    std::int64_t total = 0;
    std::vector<ListedDead> items;
};
constexpr auto describe(DeadList*) {
    return fields(field("total", &DeadList::total), field("items", &DeadList::items));
}

struct RedriveArguments {
    std::vector<std::string> ids;  // of dead letters, else of events in the outbox
    bool all = false;              // every dead letter, and every event in the outbox that waits after a failure
    std::optional<std::chrono::milliseconds> sent_within;  // and those in the outbox that were sent so lately
};
constexpr auto describe(RedriveArguments*) {
    return fields(field("ids", &RedriveArguments::ids, optional_default, max_items(1'000)),
                  field("all", &RedriveArguments::all, optional_default),
                  field("sent_within", &RedriveArguments::sent_within));
}

struct RedrivenEvent {
    std::string id, type;
    std::string outcome;  // "processed", "failed", "to be sent", "not found"
    std::optional<std::string> error;
};
constexpr auto describe(RedrivenEvent*) {
    return fields(field("id", &RedrivenEvent::id), field("type", &RedrivenEvent::type),
                  field("outcome", &RedrivenEvent::outcome), field("error", &RedrivenEvent::error));
}

struct RedriveAnswer {
    std::vector<RedrivenEvent> items;  // dead letters, and what was named by id
    std::int64_t to_be_sent = 0;       // events in the outbox, by `all` and `sent_within`
};
constexpr auto describe(RedriveAnswer*) {
    return fields(field("items", &RedriveAnswer::items), field("to_be_sent", &RedriveAnswer::to_be_sent));
}

class Commands final {
public:
    // poke: events in the outbox are to be sent.
    Commands(const Context& context, Database& database, Consumer& consumer, std::function<void()> poke)
        : context_(context), database_(database), consumer_(consumer), poke_(std::move(poke)) {}

    [[nodiscard]] EventList list(const ListArguments& arguments);
    [[nodiscard]] DeadList dead(const DeadArguments& arguments);
    [[nodiscard]] RedriveAnswer redrive(const RedriveArguments& arguments);

private:
    void redrive_by_id(const std::string& id, RedriveAnswer& answer);

    const Context& context_;
    Database& database_;
    Consumer& consumer_;
    const std::function<void()> poke_;
};

}  // namespace gatehouse::events
