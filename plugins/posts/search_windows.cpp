#include "plugins/posts/search_windows.hpp"

#include <algorithm>

namespace posts::windows {

namespace {

// Ids hold milliseconds above 22 bits: the spans of level 0 are 2^18 ms, those of each further level four times as
// long.
constexpr int kFirstShift = 22 + 18, kStep = 2;
constexpr std::int64_t kSpansMax = 4;  // of a window, and one more where it begins within a span
constexpr double kMargin = 1.4;        // of what is expected to be found, so that a further try is rare
constexpr double kTimesMost = 64;      // where nothing was found now, there may have been much a year ago

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

Window back_from(std::int64_t newest, std::int64_t width) {
    int level = 0;
    while (level < kLevels && (width >> shift_of(level)) > kSpansMax) ++level;
    if (level == kLevels) return {};
    const std::int64_t last = newest >> shift_of(level);
    const std::int64_t first = std::max<std::int64_t>(newest - width, 0) >> shift_of(level);
    Window window{first << shift_of(level), {}};
    for (std::int64_t span = last; span >= first; --span) {
        window.labels += (window.labels.empty() ? "(" : " | ") + label(span, level);
    }
    window.labels += ")";
    return window;
}

std::int64_t next_width(std::int64_t width, std::size_t found, std::size_t missing) {
    const double times = kMargin * static_cast<double>(missing) / std::max(static_cast<double>(found), 1.0);
    const double next = static_cast<double>(width) * std::clamp(times, 0.25, kTimesMost);
    return static_cast<std::int64_t>(std::min(next, 0x1p62));
}

}  // namespace posts::windows
