// The table `comments`: SQL and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <gatehouse/storage/transaction.hpp>

#include "plugins/posts/comment.hpp"

namespace posts::comments {

using gatehouse::Transaction;

void insert(Transaction& tx, const Comment& comment);
[[nodiscard]] std::optional<Comment> find(Transaction& tx, std::int64_t id);
[[nodiscard]] bool has_answers(Transaction& tx, std::int64_t id);
// Oldest first, beyond `after`; without those of absent authors that nobody has answered.
[[nodiscard]] std::vector<Comment> list(Transaction& tx, std::int64_t post_id, std::int64_t after, int limit);
// Some that this author wrote, and empty places that still name them.
[[nodiscard]] std::vector<Comment> written_by(Transaction& tx, std::int64_t author_id, int limit);
// Leaves no name at an empty place.
void forget_author(Transaction& tx, std::int64_t id);
void update_text(Transaction& tx, std::int64_t id, std::string_view text, Time now);
void remove(Transaction& tx, std::int64_t id);
// Keeps the place in the thread, but not the text.
void blank(Transaction& tx, std::int64_t id, Time now);

}  // namespace posts::comments
