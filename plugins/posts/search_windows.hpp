// Where PostgreSQL's search looks first.
//
// A GIN index knows which posts hold a word, not which of them are new: the newest 100 of 50 000 matches would cost
// reading all of them. So each document has labels beside its words, one per level, each for a span of ids and so of
// time: 4 minutes, 17 minutes, … 199 days. A search for a word and the labels of the last few spans is an intersection
// of lists of the index, which costs about as much as it finds. If it finds too few, it goes on with the spans before,
// as many or as long ones as it should take, and with no label in the end: what is found is the same as without labels.
//
//        third window                         second window   first window
//   |  level 4      |  level 4      |  level 4      |level 3|level 3|2|2|2|2|   newest post
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
    std::int64_t begin = 0;  // the oldest id in it
    std::string labels;      // as a tsquery: one of these; empty = everything from 0 on
};
// Of whole spans, few of them, that hold all ids from `newest` - `width` to `newest`.
[[nodiscard]] Window back_from(std::int64_t newest, std::int64_t width);

// How wide the next one should be when so many of the missing ones were found in one of that width.
[[nodiscard]] std::int64_t next_width(std::int64_t width, std::size_t found, std::size_t missing);

}  // namespace posts::windows
