#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::supervise {

// One crash of the whole process inside a plugin, as it was noted while it happened. A line of the file:
//
//   <unix seconds> <service> <version> <build id>
struct Crash {
    std::int64_t unix_seconds = 0;
    std::string service, version, build_id;
    bool operator==(const Crash&) const = default;
};

// The last crashes of that file, in its order; none if it does not exist. Lines that make no sense (the process died
// while it wrote them) are passed over.
std::vector<Crash> read_crashes(const std::filesystem::path& file);
std::vector<Crash> parse_crashes(std::string_view text);

inline constexpr std::size_t kCrashesMax = 3;
inline constexpr std::chrono::minutes kCrashWindow{10};

// Whether that build of a service has crashed the process so often in so short a time that it belongs into a process of
// its own. Another build starts with a clean record; so does everything once the file is removed.
bool should_be_spawned(const std::vector<Crash>& crashes, std::string_view service, std::string_view build_id);

}  // namespace gatehouse::supervise
