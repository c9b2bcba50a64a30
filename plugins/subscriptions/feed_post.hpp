// For the document: a post as `posts` shows it. The feed hands it through as it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/describe.hpp>
#include <gatehouse/time.hpp>

namespace subscriptions {

enum class FeedVisibility { public_, followers, private_ };
constexpr auto describe(FeedVisibility*) {
    return gatehouse::names<FeedVisibility>({{"public", FeedVisibility::public_},
                                             {"followers", FeedVisibility::followers},
                                             {"private", FeedVisibility::private_}});
}

struct FeedOriginal {
    std::int64_t id = 0, author_id = 0;
    std::string author_name;
    std::optional<std::string> title;
    std::string text;
    std::vector<std::string> media;
    gatehouse::Time created_at{};
};
constexpr auto describe(FeedOriginal*) {
    using gatehouse::field;
    using F = FeedOriginal;
    return gatehouse::fields(field("id", &F::id), field("author_id", &F::author_id),
                             field("author_name", &F::author_name), field("title", &F::title), field("text", &F::text),
                             field("media", &F::media), field("created_at", &F::created_at));
}

struct FeedPost {
    std::int64_t id = 0, author_id = 0;
    std::string author_name;
    std::optional<std::string> title;
    std::string text;
    FeedVisibility visibility = FeedVisibility::public_;
    std::vector<std::string> media, tags;
    std::optional<std::int64_t> repost_of;
    std::optional<FeedOriginal> original;
    std::int64_t likes = 0, comments = 0, reposts = 0, views = 0;
    bool liked_by_me = false;
    gatehouse::Time created_at{}, updated_at{};
};
constexpr auto describe(FeedPost*) {
    using gatehouse::field;
    using F = FeedPost;
    return gatehouse::fields(field("id", &F::id), field("author_id", &F::author_id),
                             field("author_name", &F::author_name), field("title", &F::title), field("text", &F::text),
                             field("visibility", &F::visibility), field("media", &F::media), field("tags", &F::tags),
                             field("repost_of", &F::repost_of), field("original", &F::original),
                             field("likes", &F::likes), field("comments", &F::comments), field("reposts", &F::reposts),
                             field("views", &F::views), field("liked_by_me", &F::liked_by_me),
                             field("created_at", &F::created_at), field("updated_at", &F::updated_at));
}

}  // namespace subscriptions
