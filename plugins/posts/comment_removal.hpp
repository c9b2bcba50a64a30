// Taking comments away.
#pragma once

#include <gatehouse/storage/transaction.hpp>

#include "plugins/posts/comment.hpp"

namespace posts::removal {

// With answers it stays as an empty place in the thread; it no longer counts. REQUIRES: its post is locked, and it is
// not deleted.
void remove(gatehouse::Transaction& tx, const Comment& comment, Time now);

}  // namespace posts::removal
