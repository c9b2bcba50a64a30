#include "plugins/admin/content.hpp"

#include <utility>
#include <vector>

#include "plugins/admin/actor.hpp"

namespace admin {

namespace {

constexpr std::size_t kExcerptLength = 500;

struct Writing {
    std::int64_t author_id = 0;
    std::string author_name;
    std::optional<std::string> title;
    std::string text;
};
constexpr auto describe(Writing*) {
    return fields(field("author_id", &Writing::author_id), field("author_name", &Writing::author_name),
                  field("title", &Writing::title), field("text", &Writing::text));
}

struct PostIds {
    std::vector<std::int64_t> ids;
};
constexpr auto describe(PostIds*) { return fields(field("ids", &PostIds::ids)); }

struct Posts {
    std::vector<Writing> items;
};
constexpr auto describe(Posts*) { return fields(field("items", &Posts::items)); }

Content to_content(std::string target, const Writing& writing) {
    std::string text = writing.title ? *writing.title + "\n" + writing.text : writing.text;
    return {std::move(target), writing.author_id, writing.author_name, excerpt_of(std::move(text))};
}

}  // namespace

std::string excerpt_of(std::string text) {
    std::size_t end = 0;
    for (std::size_t length = 0; end < text.size(); ++end) {
        const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U;
        if (begins && length++ == kExcerptLength) break;
    }
    text.resize(end);
    return text;
}

std::optional<Content> Contents::find(const ReportDraft& draft, const gatehouse::Request& request) const {
    if (draft.post_id) return post(*draft.post_id, request);
    if (draft.comment_id) return comment(*draft.comment_id, request);
    return user(draft.user_id.value_or(0), request);
}

// Not by GET: that would count as a view.
std::optional<Content> Contents::post(std::int64_t id, const gatehouse::Request& request) const {
    auto question = gatehouse::CallRequest::json("POST", "/api/posts/batch", PostIds{{id}});
    const auto posts = context_.call("posts", std::move(question).on_behalf_of(request)).json<Posts>();
    if (posts.items.empty()) return std::nullopt;
    return to_content("post/" + std::to_string(id), posts.items.front());
}

std::optional<Content> Contents::comment(std::int64_t id, const gatehouse::Request& request) const {
    if (id <= 0) return std::nullopt;
    auto question = gatehouse::CallRequest::get("/api/posts/comments/" + std::to_string(id));
    const auto answer = context_.call("posts", std::move(question).on_behalf_of(request));
    if (answer.status == 404) return std::nullopt;
    return to_content("comment/" + std::to_string(id), answer.json<Writing>());
}

std::optional<Content> Contents::user(std::int64_t id, const gatehouse::Request& request) const {
    if (id <= 0) return std::nullopt;
    const auto account = accounts_.find(id, request);
    if (!account || account->status == Status::deleted) return std::nullopt;
    return Content{user_target(id), id, account->username, {}};
}

}  // namespace admin
