#include "plugins/posts/media_check.hpp"

#include <algorithm>
#include <optional>

#include <gatehouse/problem.hpp>

namespace posts {

namespace {

struct MediaBatch {
    std::vector<std::string> ids;
};
constexpr auto describe(MediaBatch*) { return gatehouse::fields(gatehouse::field("ids", &MediaBatch::ids)); }

struct MediaItem {
    std::string id;
    std::int64_t owner_id = 0;
};
constexpr auto describe(MediaItem*) {
    return gatehouse::fields(gatehouse::field("id", &MediaItem::id),
                             gatehouse::field("owner_id", &MediaItem::owner_id));
}

struct MediaFound {
    std::vector<MediaItem> items;
};
constexpr auto describe(MediaFound*) { return gatehouse::fields(gatehouse::field("items", &MediaFound::items)); }

// Empty: there is no telling.
std::optional<MediaFound> ask(const gatehouse::Context& context, const std::vector<std::string>& ids,
                              const gatehouse::Request& request) {
    try {
        return context
            .call("media",
                  gatehouse::CallRequest::json("POST", "/api/media/batch", MediaBatch{ids}).on_behalf_of(request))
            .json<MediaFound>();
    } catch (const gatehouse::CallFailed&) {
        return std::nullopt;
    }
}

}  // namespace

MediaCheck::MediaCheck(gatehouse::Context& context)
    : context_(context), unchecked_(context.counter("media_unchecked_total", "Posts whose media nobody could check")) {}

void MediaCheck::require(const std::vector<std::string>& ids, const gatehouse::Request& request) {
    if (ids.empty()) return;
    const auto found = ask(context_, ids, request);
    if (!found) {
        unchecked_.add();
        return;
    }
    std::vector<gatehouse::FieldError> errors;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto is_this = [&](const MediaItem& item) { return item.id == ids[i]; };
        const auto item = std::find_if(found->items.begin(), found->items.end(), is_this);
        const std::string pointer = "/media/" + std::to_string(i);
        if (item == found->items.end()) {
            errors.push_back({pointer, "does not exist", {}});
        } else if (item->owner_id != request.user().id) {
            errors.push_back({pointer, "must be your own", {}});
        }
    }
    if (!errors.empty()) throw gatehouse::Invalid(std::move(errors));
}

}  // namespace posts
