// The shapes in which webhooks and their deliveries go in and out.
#pragma once

#include <gatehouse/page.hpp>
#include <gatehouse/patch.hpp>
#include <gatehouse/time.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plugins/notify/webhook/event_type.hpp"

namespace notify {

inline constexpr std::size_t kUrlLengthMax = 2'000, kDescriptionLengthMax = 200;

inline bool are_distinct(const std::vector<EventType>& types) {
    for (auto at = types.begin(); at != types.end(); ++at) {
        if (std::find(types.begin(), at, *at) != at) return false;
    }
    return true;
}

struct WebhookDraft {
    std::string url;
    std::vector<EventType> types;
    std::string description;
};
constexpr auto describe(WebhookDraft*) {
    using namespace gatehouse;
    return fields(
        field("url", &WebhookDraft::url, min_length(1), max_length(kUrlLengthMax)),
        field("types", &WebhookDraft::types, min_items(1), max_items(kEventTypes),
              satisfies(&are_distinct, "must be distinct")),
        field("description", &WebhookDraft::description, optional_default, max_length(kDescriptionLengthMax)));
}

struct WebhookChange {
    gatehouse::Patch<std::string> url;
    gatehouse::Patch<std::vector<EventType>> types;
    gatehouse::Patch<std::string> description;
    gatehouse::Patch<bool> active;
};
constexpr auto describe(WebhookChange*) {
    using namespace gatehouse;
    return fields(field("url", &WebhookChange::url, not_null, min_length(1), max_length(kUrlLengthMax)),
                  field("types", &WebhookChange::types, not_null, min_items(1), max_items(kEventTypes),
                        satisfies(&are_distinct, "must be distinct")),
                  field("description", &WebhookChange::description, not_null, max_length(kDescriptionLengthMax)),
                  field("active", &WebhookChange::active, not_null,
                        gatehouse::description("true begins anew, whatever had failed")));
}

struct WebhookView {
    std::int64_t id = 0;
    std::string url;
    std::vector<EventType> types;
    std::string description;
    bool active = true;
    std::optional<std::string> disabled_reason;
    std::optional<gatehouse::Time> backlog_full_since;
    std::int64_t created_by = 0;
    gatehouse::Time created_at{}, updated_at{};
};
constexpr auto backlog_field(std::optional<gatehouse::Time> WebhookView::*member) {
    return gatehouse::field("backlog_full_since", member,
                            gatehouse::description("it is too slow: of what waits, the oldest is given up"));
}
constexpr auto describe(WebhookView*) {
    using gatehouse::field;
    using V = WebhookView;
    return gatehouse::fields(field("id", &V::id), field("url", &V::url), field("types", &V::types),
                             field("description", &V::description), field("active", &V::active),
                             field("disabled_reason", &V::disabled_reason), backlog_field(&V::backlog_full_since),
                             field("created_by", &V::created_by), field("created_at", &V::created_at),
                             field("updated_at", &V::updated_at));
}

// The only answers that have the secret.
struct NewWebhook : WebhookView {
    std::string secret;
};
constexpr auto describe(NewWebhook*) {
    using gatehouse::field;
    using V = WebhookView;
    return gatehouse::fields(
        field("id", &V::id), field("url", &V::url), field("types", &V::types), field("description", &V::description),
        field("active", &V::active), field("disabled_reason", &V::disabled_reason),
        backlog_field(&V::backlog_full_since), field("created_by", &V::created_by), field("created_at", &V::created_at),
        field("updated_at", &V::updated_at),
        field("secret", &NewWebhook::secret, gatehouse::description("signs what is sent; shown here and never again")));
}
struct NewSecret {
    std::string secret;
    gatehouse::Time former_until{};  // until then what is sent is signed with the former one as well
};
constexpr auto describe(NewSecret*) {
    return gatehouse::fields(gatehouse::field("secret", &NewSecret::secret),
                             gatehouse::field("former_until", &NewSecret::former_until));
}

enum class DeliveryState { queued, sent, dead, withdrawn };
constexpr auto describe(DeliveryState*) {
    return gatehouse::names<DeliveryState>({{"queued", DeliveryState::queued},
                                            {"sent", DeliveryState::sent},
                                            {"dead", DeliveryState::dead},
                                            {"withdrawn", DeliveryState::withdrawn}});
}
constexpr std::string_view name_of(DeliveryState state) {
    for (const auto& [name, value] : describe(static_cast<DeliveryState*>(nullptr)).list) {
        if (value == state) return name;
    }
    return {};
}

struct DeliveryQuery : gatehouse::PageQuery {
    std::optional<DeliveryState> state;
};
constexpr auto describe(DeliveryQuery*) {
    return gatehouse::fields(
        gatehouse::limit_field(), gatehouse::cursor_field(),
        gatehouse::field("state", &DeliveryQuery::state, gatehouse::description("deliveries in this state")));
}

struct DeliveryView {
    std::int64_t id = 0;
    std::string webhook_id;  // as the receiver sees it in the field of that name
    std::string event_id, type, state;
    std::int64_t attempts = 0;
    gatehouse::Time created_at{};
    std::optional<gatehouse::Time> due_at, ended_at;  // the next attempt; when there will be none
    std::optional<std::int64_t> last_status;
    std::optional<std::string> last_error;
};
constexpr auto describe(DeliveryView*) {
    using gatehouse::field;
    using V = DeliveryView;
    return gatehouse::fields(field("id", &V::id), field("webhook_id", &V::webhook_id), field("event_id", &V::event_id),
                             field("type", &V::type), field("state", &V::state), field("attempts", &V::attempts),
                             field("created_at", &V::created_at), field("due_at", &V::due_at),
                             field("ended_at", &V::ended_at), field("last_status", &V::last_status),
                             field("last_error", &V::last_error));
}

}  // namespace notify
