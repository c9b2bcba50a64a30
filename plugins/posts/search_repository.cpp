#include "plugins/posts/search_repository.hpp"

#include <map>
#include <string>

#include "plugins/posts/stemmer.hpp"

namespace posts::search {

namespace {

using gatehouse::Engine;

constexpr char kInsertSqlite[] = "insert into post_search (rowid, title, body) values ($1, $2, $3)";
constexpr char kInsertPostgresql[] =
    "insert into post_search (post_id, title, body, document) values ($1, $2, $3, $4::tsvector)";
constexpr char kRemoveSqlite[] = "delete from post_search where rowid = $1";
constexpr char kRemovePostgresql[] = "delete from post_search where post_id = $1";

#define MAY_SEE                                                                        \
    "(p.visibility = 'public' or p.author_id = $3 or (p.visibility = 'followers' and " \
    "exists (select 1 from follows f where f.follower_id = $3 and f.author_id = p.author_id)))"

constexpr char kMatchesSqlite[] =
    "select p.id, post_search.title, post_search.body from post_search cross join posts p on p.id = post_search.rowid "
    "where post_search match $1 and post_search.rowid <= $2 and " MAY_SEE " order by post_search.rowid desc limit $4";
constexpr char kMatchesPostgresql[] =
    "select s.post_id, s.title, s.body from post_search s join posts p on p.id = s.post_id "
    "where s.document @@ $1::tsquery and s.post_id <= $2 and " MAY_SEE " order by s.post_id desc limit $4";
// The plan depends on how frequent the words are: a rare word by its index, a frequent one from the newest post on.
constexpr char kPlanForThisOne[] = "select set_config('plan_cache_mode', 'force_custom_plan', true)";

constexpr std::size_t kGap = 20;              // no phrase reaches from the title into the text
constexpr std::size_t kPositionMax = 16'383;  // of a tsvector
constexpr std::size_t kPositionsPerStem = 255;

std::string joined(const std::vector<std::string>& stems) {
    std::string text;
    for (const std::string& stem : stems) text += (text.empty() ? "" : " ") + stem;
    return text;
}

// 'cat':1,21 'dog':2
std::string to_tsvector(const std::vector<std::string>& title, const std::vector<std::string>& body) {
    std::map<std::string_view, std::vector<std::size_t>> positions;
    const auto add = [&](const std::vector<std::string>& stems, std::size_t first) {
        for (std::size_t i = 0; i < stems.size() && first + i <= kPositionMax; ++i) {
            auto& of_stem = positions[stems[i]];
            if (of_stem.size() < kPositionsPerStem) of_stem.push_back(first + i);
        }
    };
    add(title, 1);
    add(body, title.size() + kGap);
    std::string text;
    for (const auto& [stem, of_stem] : positions) {
        text += text.empty() ? "'" : " '";
        text.append(stem).append("'");
        for (std::size_t i = 0; i < of_stem.size(); ++i) text += (i == 0 ? ":" : ",") + std::to_string(of_stem[i]);
    }
    return text;
}

SearchCandidate to_candidate(const gatehouse::Row& row) {
    return {row.get<std::int64_t>(0), row.get<std::string>(1), row.get<std::string>(2)};
}

}  // namespace

Document document_of(const Post& post) {
    Stemmer stemmer;
    const auto title = stemmer.stems_of(post.title.value_or("")), body = stemmer.stems_of(post.text);
    return {joined(title), joined(body), to_tsvector(title, body)};
}

void replace(Transaction& tx, std::int64_t post_id, const Document& document) {
    remove(tx, post_id);
    add(tx, post_id, document);
}

void add(Transaction& tx, std::int64_t post_id, const Document& document) {
    if (document.positions.empty()) return;
    if (tx.engine() == Engine::postgresql) {
        tx.execute_later(kInsertPostgresql, post_id, document.title, document.body, document.positions);
    } else {
        tx.execute_later(kInsertSqlite, post_id, document.title, document.body);
    }
}

void remove(Transaction& tx, std::int64_t post_id) {
    tx.execute_later(tx.engine() == Engine::postgresql ? kRemovePostgresql : kRemoveSqlite, post_id);
}

std::vector<SearchCandidate> matches(Transaction& tx, const SearchQuery& query, const Viewer& viewer,
                                     std::int64_t newest, int limit) {
    if (tx.engine() == Engine::sqlite) {
        return tx.query(kMatchesSqlite, query.to_fts5(), newest, viewer.id, limit).all<SearchCandidate>(to_candidate);
    }
    tx.query(kPlanForThisOne);
    return tx.query(kMatchesPostgresql, query.to_tsquery(), newest, viewer.id, limit)
        .all<SearchCandidate>(to_candidate);
}

}  // namespace posts::search
