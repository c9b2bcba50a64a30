// The table `post_search`: SQL and nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <gatehouse/storage/transaction.hpp>

#include "plugins/posts/post.hpp"
#include "plugins/posts/ranking.hpp"
#include "plugins/posts/search_query.hpp"

namespace posts::search {

using gatehouse::Transaction;

// The words of a post as they are stored. Made outside of a transaction where that can be: stemming takes a while.
struct Document {
    std::string title, body;  // stems with a space between them
    std::string positions;    // as the text of a tsvector
};
[[nodiscard]] Document document_of(const Post& post);

// Of a post that is new.
void add(Transaction& tx, std::int64_t post_id, const Document& document);
// In place of what was there.
void replace(Transaction& tx, std::int64_t post_id, const Document& document);
void remove(Transaction& tx, std::int64_t post_id);
// Newest first, from `newest` on: what matches and the viewer may see.
[[nodiscard]] std::vector<SearchCandidate> matches(Transaction& tx, const SearchQuery& query, const Viewer& viewer,
                                                   std::int64_t newest, int limit);

}  // namespace posts::search
