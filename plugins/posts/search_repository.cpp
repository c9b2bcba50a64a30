#include "plugins/posts/search_repository.hpp"

#include <map>
#include <string>

#include "plugins/posts/absent_repository.hpp"
#include "plugins/posts/search_windows.hpp"
#include "plugins/posts/stemmer.hpp"

namespace posts::search {

namespace {

using gatehouse::Engine;

constexpr char kInsertSqlite[] = "insert into post_search (rowid, title, body) values ($1, $2, $3)";
constexpr char kInsertPostgresql[] =
    "insert into post_search (post_id, title, body, document) values ($1, $2, $3, $4::tsvector)";
constexpr char kRemoveSqlite[] = "delete from post_search where rowid = $1";
constexpr char kRemovePostgresql[] = "delete from post_search where post_id = $1";

#define MAY_SEE \
    "not " AUTHOR_IS_ABSENT("p.author_id") " and "                                     \
    "(p.visibility = 'public' or p.author_id = $3 or (p.visibility = 'followers' and " \
    "exists (select 1 from follows f where f.follower_id = $3 and f.author_id = p.author_id)))"

constexpr char kMatchesSqlite[] =
    "select p.id, post_search.title, post_search.body from post_search cross join posts p on p.id = post_search.rowid "
    "where post_search match $1 and post_search.rowid <= $2 and " MAY_SEE " order by post_search.rowid desc limit $4";
// The index first, whatever statistics say of how common the words are: labels keep that small. They are a condition of
// their own, so that the index goes to where they begin and then from word to word; in one condition it would go from
// post to post.
#define MATCHES(labelled)                                                                                         \
    "with s as materialized (select post_id, title, body from post_search where document @@ $1::tsquery" labelled \
    ") "                                                                                                          \
    "select s.post_id, s.title, s.body from s join posts p on p.id = s.post_id "                                  \
    "where s.post_id <= $2 and " MAY_SEE " order by s.post_id desc limit $4"
constexpr char kMatchesPostgresql[] = MATCHES("");
constexpr char kLabelledPostgresql[] = MATCHES(" and document @@ $5::tsquery");
constexpr char kNewestPostgresql[] =
    "select count(*), max(post_id), min(post_id) from "
    "(select post_id from post_search where post_id <= $1 order by post_id desc limit $2) n";
constexpr std::int64_t kFirstLook = 1'000;  // posts, or a few more: cheap to look through whatever is in them

constexpr std::size_t kGap = 20;              // no phrase reaches from the title into the text
constexpr std::size_t kPositionMax = 16'383;  // of a tsvector
constexpr std::size_t kPositionsPerStem = 255;

std::string joined(const std::vector<std::string>& stems) {
    std::string text;
    for (const std::string& stem : stems) text += (text.empty() ? "" : " ") + stem;
    return text;
}

// 'cat':1,21 'dog':2 '/a612': words and labels.
std::string to_tsvector(std::int64_t post_id, const std::vector<std::string>& title,
                        const std::vector<std::string>& body) {
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
    if (text.empty()) return text;
    for (const std::string& label : windows::labels(post_id)) text += " " + label;
    return text;
}

SearchCandidate to_candidate(const gatehouse::Row& row) {
    return {row.get<std::int64_t>(0), row.get<std::string>(1), row.get<std::string>(2)};
}

std::vector<SearchCandidate> matches_postgresql(Transaction& tx, const std::string& words, const Viewer& viewer,
                                                std::int64_t newest, int limit) {
    const auto wanted = static_cast<std::size_t>(limit);
    const gatehouse::Rows rows = tx.query(kNewestPostgresql, newest, kFirstLook);
    if (rows[0].get<std::int64_t>(0) == 0) return {};
    std::int64_t last = rows[0].get<std::int64_t>(1), width = last - rows[0].get<std::int64_t>(2);
    if (rows[0].get<std::int64_t>(0) < kFirstLook) width = last;  // there are no more
    std::vector<SearchCandidate> found;
    for (;;) {
        const windows::Window window = windows::back_from(last, width);
        const std::size_t missing = wanted - found.size();
        const auto rows_found = window.labels.empty()
                                    ? tx.query(kMatchesPostgresql, words, last, viewer.id, missing)
                                    : tx.query(kLabelledPostgresql, words, last, viewer.id, missing, window.labels);
        const auto more = rows_found.all<SearchCandidate>(to_candidate);
        found.insert(found.end(), more.begin(), more.end());
        if (found.size() >= wanted || window.begin <= 0) return found;
        width = windows::next_width(last - window.begin, more.size(), wanted - found.size());
        last = window.begin - 1;
    }
}

}  // namespace

Document document_of(const Post& post) {
    Stemmer stemmer;
    const auto title = stemmer.stems_of(post.title.value_or("")), body = stemmer.stems_of(post.text);
    return {joined(title), joined(body), to_tsvector(post.id, title, body)};
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
    return matches_postgresql(tx, query.to_tsquery(), viewer, newest, limit);
}

}  // namespace posts::search
