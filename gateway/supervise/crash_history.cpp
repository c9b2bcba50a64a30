#include "gateway/supervise/crash_history.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>

namespace gatehouse::supervise {

namespace {

constexpr std::streamoff kReadBytesMax = 256 * 1024;

std::optional<Crash> parse_line(std::string_view line) {
    std::vector<std::string_view> words;
    while (!line.empty()) {
        const std::size_t end = std::min(line.find(' '), line.size());
        if (end > 0) words.push_back(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    if (words.size() != 4) return std::nullopt;
    Crash crash;
    const auto [end, failure] = std::from_chars(words[0].data(), words[0].data() + words[0].size(), crash.unix_seconds);
    if (failure != std::errc{} || end != words[0].data() + words[0].size()) return std::nullopt;
    crash.service = words[1];
    crash.version = words[2];
    crash.build_id = words[3];
    return crash;
}

}  // namespace

std::vector<Crash> parse_crashes(std::string_view text) {
    std::vector<Crash> crashes;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) break;  // half a line
        if (auto crash = parse_line(text.substr(0, end))) crashes.push_back(std::move(*crash));
        text.remove_prefix(end + 1);
    }
    return crashes;
}

std::vector<Crash> read_crashes(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) return {};
    const std::streamoff size = file.tellg();
    file.seekg(std::max<std::streamoff>(0, size - kReadBytesMax));
    const std::string text(std::istreambuf_iterator<char>(file), {});
    return parse_crashes(text);
}

bool should_be_spawned(const std::vector<Crash>& crashes, std::string_view service, std::string_view build_id) {
    std::vector<std::int64_t> times;
    for (const Crash& crash : crashes) {
        if (crash.service == service && crash.build_id == build_id) times.push_back(crash.unix_seconds);
    }
    std::sort(times.begin(), times.end());
    const std::int64_t window = std::chrono::seconds(kCrashWindow).count();
    for (std::size_t i = kCrashesMax - 1; i < times.size(); ++i) {
        if (times[i] - times[i - (kCrashesMax - 1)] <= window) return true;
    }
    return false;
}

}  // namespace gatehouse::supervise
