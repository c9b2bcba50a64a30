// The data of each event that leaves by a webhook. What has no member here stays inside, whatever the event brings: no
// text of a post or comment, no address, nothing about who may see what.
#pragma once

#include <gatehouse/describe.hpp>
#include <gatehouse/time.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace notify {

// post.created, post.updated; heard for every post, told for public ones.
struct PostData {
    std::int64_t id = 0, author_id = 0;
    std::string author_name;
    std::optional<std::string> title;
    std::string visibility;
    std::optional<std::int64_t> repost_of;
    gatehouse::Time created_at{}, updated_at{};
};
constexpr auto describe(PostData*) {
    using gatehouse::field;
    return gatehouse::fields(field("id", &PostData::id), field("author_id", &PostData::author_id),
                             field("author_name", &PostData::author_name), field("title", &PostData::title),
                             field("visibility", &PostData::visibility), field("repost_of", &PostData::repost_of),
                             field("created_at", &PostData::created_at), field("updated_at", &PostData::updated_at));
}

// post.deleted; comment.deleted has the post as well.
struct PostGone {
    std::int64_t id = 0, author_id = 0;
};
constexpr auto describe(PostGone*) {
    return gatehouse::fields(gatehouse::field("id", &PostGone::id),
                             gatehouse::field("author_id", &PostGone::author_id));
}

struct CommentData {
    std::int64_t id = 0, post_id = 0, post_author_id = 0;
    std::optional<std::int64_t> parent_id;
    std::int64_t author_id = 0;
    std::string author_name;
    gatehouse::Time created_at{};
};
constexpr auto describe(CommentData*) {
    using gatehouse::field;
    return gatehouse::fields(field("id", &CommentData::id), field("post_id", &CommentData::post_id),
                             field("post_author_id", &CommentData::post_author_id),
                             field("parent_id", &CommentData::parent_id), field("author_id", &CommentData::author_id),
                             field("author_name", &CommentData::author_name),
                             field("created_at", &CommentData::created_at));
}

struct CommentGone {
    std::int64_t id = 0, post_id = 0, author_id = 0;
};
constexpr auto describe(CommentGone*) {
    using gatehouse::field;
    return gatehouse::fields(field("id", &CommentGone::id), field("post_id", &CommentGone::post_id),
                             field("author_id", &CommentGone::author_id));
}

struct SubscriptionGone {
    std::int64_t follower_id = 0, user_id = 0;
};
constexpr auto describe(SubscriptionGone*) {
    return gatehouse::fields(gatehouse::field("follower_id", &SubscriptionGone::follower_id),
                             gatehouse::field("user_id", &SubscriptionGone::user_id));
}

struct ProfileData {
    std::int64_t id = 0;
    std::optional<std::string> username, first_name, last_name, full_name, bio, avatar_url;
};
constexpr auto describe(ProfileData*) {
    using gatehouse::field;
    return gatehouse::fields(field("id", &ProfileData::id), field("username", &ProfileData::username),
                             field("first_name", &ProfileData::first_name), field("last_name", &ProfileData::last_name),
                             field("full_name", &ProfileData::full_name), field("bio", &ProfileData::bio),
                             field("avatar_url", &ProfileData::avatar_url));
}

// user.registered, user.renamed.
struct UserData {
    std::int64_t id = 0;
    std::optional<std::string> username;
};
constexpr auto describe(UserData*) {
    return gatehouse::fields(gatehouse::field("id", &UserData::id), gatehouse::field("username", &UserData::username));
}

// profile.deleted, user.deleted.
struct UserGone {
    std::int64_t id = 0;
};
constexpr auto describe(UserGone*) { return gatehouse::fields(gatehouse::field("id", &UserGone::id)); }

// webhook.ping
struct PingData {
    std::int64_t webhook_id = 0;
};
constexpr auto describe(PingData*) { return gatehouse::fields(gatehouse::field("webhook_id", &PingData::webhook_id)); }

// CloudEvents 1.0, structured JSON.
template <class Data>
struct CloudEvent {
    std::string specversion = "1.0", id, source, type, subject;
    gatehouse::Time time{};
    std::string datacontenttype = "application/json";
    Data data;
};
template <class Data>
constexpr auto describe(CloudEvent<Data>*) {
    using gatehouse::field;
    using E = CloudEvent<Data>;
    return gatehouse::fields(field("specversion", &E::specversion), field("id", &E::id), field("source", &E::source),
                             field("type", &E::type), field("subject", &E::subject), field("time", &E::time),
                             field("datacontenttype", &E::datacontenttype), field("data", &E::data));
}

}  // namespace notify
