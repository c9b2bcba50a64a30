#include "plugins/posts/search_windows.hpp"

#include <algorithm>
#include <cmath>

namespace posts::windows {

namespace {

// Ids hold milliseconds above 22 bits: the spans of level 0 are 2^18 ms, those of each further level four times as
// long.
constexpr int kFirstShift = 22 + 18, kStep = 2;
constexpr double kMargin = 1.5;  // of what is expected to be found, so that a second try is rare

int shift_of(int level) { return kFirstShift + kStep * level; }

std::string label(std::int64_t span, int level) {
    return std::string("'/") + static_cast<char>('a' + level) + std::to_string(span) + "'";
}

}  // namespace

std::vector<std::string> labels(std::int64_t post_id) {
    std::vector<std::string> found;
    for (int level = 0; level < kLevels; ++level) found.push_back(label(post_id >> shift_of(level), level));
    return found;
}

Window ending_at(std::int64_t newest, int level) {
    const std::int64_t span = newest >> shift_of(level), before = std::max<std::int64_t>(span - 1, 0);
    return {before << shift_of(level), "(" + label(span, level) + " | " + label(before, level) + ")"};
}

int level_for(std::int64_t newest, std::int64_t oldest) {
    int level = 0;
    while (level < kLevels && (std::int64_t{1} << shift_of(level)) < newest - oldest) ++level;
    return level;
}

int wider(int level, std::size_t found, std::size_t wanted) {
    const double times = kMargin * static_cast<double>(wanted) / std::max(static_cast<double>(found), 0.5);
    const int steps = static_cast<int>(std::log2(times)) / kStep;
    return std::min(level + std::max(steps, 1), kLevels);
}

}  // namespace posts::windows
