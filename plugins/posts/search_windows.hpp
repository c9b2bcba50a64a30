// Where PostgreSQL's search looks first.
//
// A GIN index knows which posts hold a word, not which of them are new: the newest 200 of 50 000 matches would cost
// reading all of them. So each document has labels beside its words, one per level, each for a span of ids and so of
// time: 4 minutes, 17 minutes, … 199 days. A search for a word and the label of the last two spans is an intersection
// of two lists of the index, which costs about as much as it finds. If it finds too few, it goes on with wider spans,
// and with no label in the end: what is found is the same as without labels.
//
//   level 2   |          |          |####|####|        the last two spans, of which the newer one is still filling
//   level 3   |                     |##########|###|
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace posts::windows {

inline constexpr int kLevels = 9;

// The labels of a post's document, each in quotes as in a tsvector. No word holds a '/'.
[[nodiscard]] std::vector<std::string> labels(std::int64_t post_id);

struct Window {
    std::int64_t begin = 0;  // the oldest id in it; it ends with the newest one
    std::string labels;      // as a tsquery: one of these
};
[[nodiscard]] Window ending_at(std::int64_t newest, int level);

// The first level whose spans are no shorter than from `oldest` to `newest`; kLevels if there is none.
[[nodiscard]] int level_for(std::int64_t newest, std::int64_t oldest);
// Where to look when so many of the wanted were found at that level: a higher level, or kLevels for no label.
[[nodiscard]] int wider(int level, std::size_t found, std::size_t wanted);

}  // namespace posts::windows
