// The posts of those whom a reader follows, out of the table of all.
//
// There are two ways, and which one is cheap depends on the reader:
//
//   walk   over the newest posts, whoever wrote them, and keep those of people followed: good for who follows many or
//          busy people, of whose posts there are enough among some thousand
//   seek   the posts of each person followed by an index, within a span of time: good for who follows few or quiet ones
//
// A pull begins with a short walk. From how much that finds it tells whether walking on costs less than one seek per
// person, and if not, how long a span to seek in. Both look at numbers of posts, so the cost is the same however many
// posts there are.
#pragma once

#include <cstdint>
#include <vector>

#include <gatehouse/storage/transaction.hpp>

namespace subscriptions::feed {

// Newest first, older than `before`.
[[nodiscard]] std::vector<std::int64_t> pull(gatehouse::Transaction& tx, std::int64_t reader, std::int64_t before,
                                             int limit);

}  // namespace subscriptions::feed
