#include "plugins/posts/seeding.hpp"

#include <string>
#include <utility>

#include "plugins/posts/post.hpp"
#include "plugins/posts/post_row.hpp"
#include "plugins/posts/search_repository.hpp"
#include "plugins/posts/tags.hpp"
#include "sdk/seed/rows.hpp"

namespace posts::seeding {

namespace {

using gatehouse::Database;
using gatehouse::Engine;
using gatehouse::Transaction;
using gatehouse::seed::Part;
using gatehouse::seed::PostComment;
using gatehouse::seed::PostHead;
using gatehouse::seed::Range;
using gatehouse::seed::Reach;
using gatehouse::seed::Rows;
using gatehouse::seed::World;

// A post as it goes into the tables.
struct SeededPost {
    Post post;
    std::string media;  // as the column holds it
    std::vector<std::string> tags;
    search::Document document;
    std::vector<std::pair<Like, std::int64_t>> likes;  // with the time
    std::vector<PostComment> comments;
    std::vector<std::string> comment_authors;
};

Visibility to_visibility(Reach reach) {
    switch (reach) {
        case Reach::everybody: return Visibility::public_;
        case Reach::followers: return Visibility::followers;
        case Reach::author: break;
    }
    return Visibility::private_;
}

SeededPost make(const World& world, std::int64_t number, std::int64_t reposts) {
    const PostHead head = world.posts.head(number);
    SeededPost seeded;
    Post& post = seeded.post;
    post.id = head.id;
    post.author_id = world.people.id(head.author);
    post.author_name = world.people.username(head.author);
    auto text = world.posts.text(number, head);
    post.title = std::move(text.title);
    post.text = std::move(text.text);
    post.visibility = to_visibility(head.reach);
    for (auto& picture : world.pictures.of_post(number)) post.media.push_back(std::move(picture.id));
    seeded.media = joined(post.media);
    if (head.repost_of) post.repost_of = world.posts.head(*head.repost_of).id;
    post.created_at = gatehouse::from_unix_ms(head.created_at);
    for (const auto& like : world.posts.likes(number, head)) {
        Like made{world.people.id(like.user), world.people.username(like.user),
                  gatehouse::from_unix_ms(like.created_at)};
        seeded.likes.emplace_back(std::move(made), like.created_at);
    }
    seeded.comments = world.posts.comments(number, head);
    for (const PostComment& comment : seeded.comments) {
        seeded.comment_authors.push_back(world.people.username(comment.user));
    }
    post.likes = std::ssize(seeded.likes);
    post.comments = std::ssize(seeded.comments);
    post.reposts = reposts;
    post.views = world.posts.views(number, post.likes, post.comments);
    seeded.tags = tags_of(post);
    seeded.document = search::document_of(post);
    return seeded;
}

void write_posts(Transaction& tx, const std::vector<SeededPost>& seeded) {
    Rows rows(tx,
              "posts (id, author_id, author_name, title, text, visibility, media, repost_of, likes, comments, reposts, "
              "views, created_at, updated_at, indexed)",
              15);
    for (const auto& [post, media, tags, document, likes, comments, names] : seeded) {
        const std::int64_t time = gatehouse::to_unix_ms(post.created_at);
        rows.add(post.id, post.author_id, post.author_name, post.title, post.text, to_text(post.visibility), media,
                 post.repost_of, post.likes, post.comments, post.reposts, post.views, time, time, 1);
    }
    rows.flush();
}

void write_tags(Transaction& tx, const std::vector<SeededPost>& seeded) {
    Rows rows(tx, "post_tags (tag, post_id, author_id, visibility, likes)", 5);
    for (const auto& [post, media, tags, document, likes, comments, names] : seeded) {
        for (const std::string& tag : tags) {
            rows.add(tag, post.id, post.author_id, to_text(post.visibility), post.likes);
        }
    }
    rows.flush();
}

void write_documents(Transaction& tx, const std::vector<SeededPost>& seeded) {
    if (tx.engine() == Engine::sqlite) {
        Rows rows(tx, "post_search (rowid, title, body)", 3);
        for (const SeededPost& each : seeded) {
            if (!each.document.positions.empty()) rows.add(each.post.id, each.document.title, each.document.body);
        }
        return rows.flush();
    }
    Rows rows(tx, "post_search (post_id, title, body, document)", {"", "", "", "tsvector"});
    for (const SeededPost& each : seeded) {
        const search::Document& document = each.document;
        if (!document.positions.empty()) rows.add(each.post.id, document.title, document.body, document.positions);
    }
    rows.flush();
}

void write_likes(Transaction& tx, const std::vector<SeededPost>& seeded) {
    Rows rows(tx, "likes (post_id, user_id, user_name, created_at)", 4);
    for (const SeededPost& each : seeded) {
        for (const auto& [like, time] : each.likes) rows.add(each.post.id, like.user_id, like.user_name, time);
    }
    rows.flush();
}

void write_comments(Transaction& tx, const World& world, const std::vector<SeededPost>& seeded) {
    Rows rows(tx, "comments (id, post_id, parent_id, author_id, author_name, text, created_at, updated_at)", 8);
    for (const auto& [post, media, tags, document, likes, comments, names] : seeded) {
        for (std::size_t i = 0; i < comments.size(); ++i) {
            const PostComment& comment = comments[i];
            const auto parent =
                comment.parent ? std::optional(comments[static_cast<std::size_t>(*comment.parent)].id) : std::nullopt;
            rows.add(comment.id, post.id, parent, world.people.id(comment.user), names[i], comment.text,
                     comment.created_at, comment.created_at);
        }
    }
    rows.flush();
}

void seed_posts(Database& database, const World& world, const Range& range) {
    std::vector<SeededPost> seeded;
    seeded.reserve(static_cast<std::size_t>(range.last - range.first));
    const auto reposts = world.posts.reposts(range.first, range.last);
    for (std::int64_t number = range.first; number < range.last; ++number) {
        seeded.push_back(make(world, number, reposts[static_cast<std::size_t>(number - range.first)]));
    }
    database.write([&](Transaction& tx) {
        if (gatehouse::seed::finds(tx, "select 1 from posts where id = $1", seeded.front().post.id)) return;
        write_posts(tx, seeded);
        write_tags(tx, seeded);
        write_documents(tx, seeded);
        write_likes(tx, seeded);
        write_comments(tx, world, seeded);
    });
}

void seed_follows(Database& database, const World& world, const Range& range) {
    std::vector<std::pair<std::int64_t, std::int64_t>> pairs;
    for (std::int64_t number = range.first; number < range.last; ++number) {
        const std::int64_t follower = world.people.id(number);
        for (const auto& followed : world.people.followed_by(number)) {
            pairs.emplace_back(follower, world.people.id(followed.user));
        }
    }
    if (pairs.empty()) return;
    database.write([&](Transaction& tx) {
        constexpr char kFind[] = "select 1 from follows where follower_id = $1 limit 1";
        if (gatehouse::seed::finds(tx, kFind, pairs.front().first)) return;
        Rows rows(tx, "follows (follower_id, author_id)", 2);
        for (const auto& [follower, author] : pairs) rows.add(follower, author);
        rows.flush();
    });
}

}  // namespace

bool is_empty(Transaction& tx) { return tx.query("select 1 from posts limit 1").empty(); }

std::vector<Part> parts(Database& database) {
    const auto posts = [&database](const World& world, const Range& range, const std::string&) {
        seed_posts(database, world, range);
    };
    const auto follows = [&database](const World& world, const Range& range, const std::string&) {
        seed_follows(database, world, range);
    };
    return {{"posts", Part::Of::posts, 4'000, posts},
            {"followers", Part::Of::people, 2'000, follows},
            gatehouse::seed::statistics_of(database,
                                           {"posts", "post_tags", "post_search", "likes", "comments", "follows"})};
}

}  // namespace posts::seeding
