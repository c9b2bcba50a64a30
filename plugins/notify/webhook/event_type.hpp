// What webhooks may be told: only what everybody may read anyway.
#pragma once

#include <gatehouse/describe.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace notify {

enum class EventType {
    post_created,
    post_updated,
    post_deleted,
    comment_created,
    comment_deleted,
    subscription_created,
    subscription_deleted,
    profile_updated,
    profile_deleted,
    user_registered,
    user_renamed,
    user_deleted
};
inline constexpr std::size_t kEventTypes = 12;

constexpr auto describe(EventType*) {
    return gatehouse::names<EventType>({{"post.created", EventType::post_created},
                                        {"post.updated", EventType::post_updated},
                                        {"post.deleted", EventType::post_deleted},
                                        {"comment.created", EventType::comment_created},
                                        {"comment.deleted", EventType::comment_deleted},
                                        {"subscription.created", EventType::subscription_created},
                                        {"subscription.deleted", EventType::subscription_deleted},
                                        {"profile.updated", EventType::profile_updated},
                                        {"profile.deleted", EventType::profile_deleted},
                                        {"user.registered", EventType::user_registered},
                                        {"user.renamed", EventType::user_renamed},
                                        {"user.deleted", EventType::user_deleted}});
}

constexpr std::string_view name_of(EventType type) {
    for (const auto& [name, value] : describe(static_cast<EventType*>(nullptr)).list) {
        if (value == type) return name;
    }
    return {};
}
constexpr std::optional<EventType> event_type_of(std::string_view text) {
    for (const auto& [name, value] : describe(static_cast<EventType*>(nullptr)).list) {
        if (name == text) return value;
    }
    return std::nullopt;
}

}  // namespace notify
