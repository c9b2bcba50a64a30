#include "plugins/posts/post_list.hpp"

#include <gatehouse/storage/parameter.hpp>

#include "plugins/posts/absent_repository.hpp"
#include "plugins/posts/post_row.hpp"

namespace posts::lists {

namespace {

using gatehouse::Engine;
using gatehouse::Parameter;

// One statement and its parameters. $1 is the limit and $2 the viewer; the rest comes as it is needed.
class Statement {
public:
    Statement(Engine engine, const Viewer& viewer, Sort sort, const std::optional<std::string>& tag,
              const Position& after, int limit)
        : engine_(engine), sort_(sort), values_{Parameter(limit), Parameter(viewer.id)} {
        if (tag) tag_ = add(*tag);
        if (sort == Sort::top) likes_ = add(after.likes);
        id_ = add(after.id);
    }

    std::string add(const auto& value) {
        values_.emplace_back(value);
        return "$" + std::to_string(values_.size());
    }

    // The ids of what is public.
    std::string public_ids() const { return ids("visibility = 'public' and not " AUTHOR_IS_ABSENT("author_id")); }
    // From here on all are on the page of what is public, and nothing behind it can be on the page: whoever follows
    // many has it looked for in a short span of each author's posts.  REQUIRES: `everybodys` are the public_ids()
    void end_with_everybodys() {
        const std::string last = sort_ == Sort::newest ? "id" : "likes";
        end_ = "(select case when count(*) < $1 then 0 else min(" + last + ") end from everybodys)";
    }
    // The ids of what the viewer wrote and not everybody sees.
    std::string own_ids() const { return ids("visibility <> 'public' and author_id = $2"); }
    // The ids of what authors wrote for their followers, the viewer being one. PostgreSQL takes a page of each author;
    // SQLite is faster at reading all that is hidden by these authors than at as many inner selects.
    std::string followed_ids() const {
        if (engine_ == Engine::postgresql) {
            return "select h.id, h.likes from follows f cross join lateral (" +
                   ids("visibility <> 'public' and visibility = 'followers' and author_id = f.author_id") +
                   ") h where f.follower_id = $2 and not " AUTHOR_IS_ABSENT("f.author_id");
        }
        const std::string id = tag_ ? "h.post_id" : "h.id";
        return "select " + id + " as id, h.likes as likes from follows f cross join " +
               (tag_ ? "post_tags h on h.tag = " + *tag_ + " and " : "posts h on ") +
               "h.author_id = f.author_id and h.visibility <> 'public' and h.visibility = 'followers' "
               "where f.follower_id = $2 and not " AUTHOR_IS_ABSENT("f.author_id") " and " +
               behind("h.likes", id) + ordered("h.likes", id) + " limit $1";
    }
    // Conditions of a statement that reads posts as p.
    std::string has_tag() const {
        if (!tag_) return {};
        return " and exists (select 1 from post_tags t where t.tag = " + *tag_ + " and t.post_id = p.id)";
    }
    std::string is_behind(std::string_view table) const {
        return behind(std::string(table) + ".likes", std::string(table) + ".id");
    }
    std::string order(std::string_view table) const {
        return ordered(std::string(table) + ".likes", std::string(table) + ".id");
    }

    std::vector<Post> run(Transaction& tx, const std::string& sql) const {
        return tx.run(sql, values_).rows.all<Post>(to_post);
    }

private:
    std::string ids(const std::string& condition) const {
        const std::string id = tag_ ? "post_id" : "id";
        return "select " + id + " as id, likes from " +
               (tag_ ? "post_tags where tag = " + *tag_ + " and " : "posts where ") + condition + " and " +
               behind("likes", id) + ordered("likes", id) + " limit $1";
    }
    std::string behind(const std::string& likes, const std::string& id) const {
        if (sort_ == Sort::newest) return id + " < " + id_ + (end_.empty() ? "" : " and " + id + " >= " + end_);
        return "(" + likes + ", " + id + ") < (" + likes_ + ", " + id_ + ")" +
               (end_.empty() ? "" : " and " + likes + " >= " + end_);
    }
    std::string ordered(const std::string& likes, const std::string& id) const {
        return sort_ == Sort::newest ? " order by " + id + " desc" : " order by " + likes + " desc, " + id + " desc";
    }

    Engine engine_;
    Sort sort_;
    std::vector<Parameter> values_;
    std::optional<std::string> tag_;
    std::string likes_, id_, end_;
};

}  // namespace

std::vector<Post> everybodys(Transaction& tx, const Viewer& viewer, Sort sort, const std::optional<std::string>& tag,
                             const Position& after, int limit) {
    Statement statement(tx.engine(), viewer, sort, tag, after, limit);
    const std::string everybodys = "with everybodys as materialized (" + statement.public_ids() + ") ";
    std::string seen = "select * from everybodys";
    if (viewer.id != 0) {
        statement.end_with_everybodys();
        seen += " union all select * from (" + statement.own_ids() + ") b union all select * from (" +
                statement.followed_ids() + ") c";
    }
    const std::string page = "select * from (" + seen + ") s" + statement.order("s") + " limit $1";
    return statement.run(tx, everybodys + "select " POST_COLUMNS " from (" + page + ") s join posts p on p.id = s.id" +
                                 statement.order("s"));
}

std::vector<Post> by_author(Transaction& tx, const Viewer& viewer, std::int64_t author, Reach reach, Sort sort,
                            const std::optional<std::string>& tag, const Position& after, int limit) {
    Statement statement(tx.engine(), viewer, sort, tag, after, limit);
    std::string sql = "select " POST_COLUMNS " from posts p where p.author_id = " + statement.add(author);
    switch (reach) {
        case Reach::all: break;
        case Reach::followers: sql += " and p.visibility <> 'private'"; break;
        case Reach::public_: sql += " and p.visibility = 'public'"; break;
    }
    sql += " and " + statement.is_behind("p") + statement.has_tag() + statement.order("p") + " limit $1";
    return statement.run(tx, sql);
}

}  // namespace posts::lists
