#include "plugins/posts/post_row.hpp"

#include <sstream>

#include "plugins/posts/tags.hpp"

namespace posts {

namespace {

enum Column : std::size_t {
    id,
    author_id,
    author_name,
    title,
    text,
    visibility,
    media,
    repost_of,
    likes,
    comments,
    reposts,
    views,
    version,
    created_at,
    updated_at,
    liked_by_me,
    author_is_absent
};

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; in >> part;) parts.push_back(std::move(part));
    return parts;
}

}  // namespace

Post to_post(const gatehouse::Row& row) {
    Post post;
    post.id = row.get<std::int64_t>(Column::id);
    post.author_id = row.get<std::int64_t>(Column::author_id);
    post.author_name = row.get<std::string>(Column::author_name);
    post.title = row.get<std::optional<std::string>>(Column::title);
    post.text = row.get<std::string>(Column::text);
    post.visibility = to_visibility(row.get<std::string_view>(Column::visibility));
    if (const auto ids = row.get<std::string>(Column::media); !ids.empty()) post.media = split(ids);
    post.repost_of = row.get<std::optional<std::int64_t>>(Column::repost_of);
    post.likes = row.get<std::int64_t>(Column::likes);
    post.comments = row.get<std::int64_t>(Column::comments);
    post.reposts = row.get<std::int64_t>(Column::reposts);
    post.views = row.get<std::int64_t>(Column::views);
    post.version = row.get<std::int64_t>(Column::version);
    post.created_at = gatehouse::from_unix_ms(row.get<std::int64_t>(Column::created_at));
    post.updated_at = gatehouse::from_unix_ms(row.get<std::int64_t>(Column::updated_at));
    post.liked_by_me = row.get<bool>(Column::liked_by_me);
    post.author_is_absent = row.get<bool>(Column::author_is_absent);
    post.tags = tags_of(post);
    return post;
}

std::string joined(const std::vector<std::string>& media) {
    std::string text;
    for (const std::string& id : media) text += (text.empty() ? "" : " ") + id;
    return text;
}

}  // namespace posts
