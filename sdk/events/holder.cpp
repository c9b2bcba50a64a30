#include "sdk/events/holder.hpp"

#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>

#include "gatehouse/id.hpp"

namespace gatehouse::events {

namespace {

std::string read_line(const std::string& file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return line;
}

// Empty when this cannot be told.
std::string place() {
    std::array<char, 64> target{};
    const ssize_t size = ::readlink("/proc/self/ns/pid", target.data(), target.size());
    const std::string boot = read_line("/proc/sys/kernel/random/boot_id");
    if (size <= 0 || boot.empty()) return {};
    return boot + " " + std::string(target.data(), static_cast<std::size_t>(size));
}

// Clock ticks from boot to the start of the process: tells it from a later one with the same id. Empty: it has ended.
std::string start_of(std::string_view process) {
    const std::string line = read_line("/proc/" + std::string(process) + "/stat");
    const std::size_t end_of_name = line.rfind(')');  // the name may contain anything
    if (end_of_name == std::string::npos) return {};
    std::string_view rest = std::string_view(line).substr(end_of_name + 1);
    if (rest.starts_with(" Z") || rest.starts_with(" X")) return {};  // dead, not yet buried
    for (int field = 2; field < 22; ++field) {
        rest.remove_prefix(std::min(rest.size(), rest.find(' ') + 1));
        if (rest.empty()) return {};
    }
    return std::string(rest.substr(0, rest.find(' ')));
}

// "place|process|start|unique"
std::array<std::string_view, 4> split(std::string_view holder) {
    std::array<std::string_view, 4> parts;
    for (std::string_view& part : parts) {
        part = holder.substr(0, holder.find('|'));
        holder.remove_prefix(std::min(holder.size(), part.size() + 1));
    }
    return parts;
}

}  // namespace

std::string make_holder() {
    const std::string process = std::to_string(::getpid());
    return place() + "|" + process + "|" + start_of(process) + "|" + uuid7();
}

bool is_gone(std::string_view holder) {
    const auto [its_place, process, start, unique] = split(holder);
    if (its_place.empty() || process.empty() || start.empty() || its_place != place()) return false;
    return start_of(process) != start;
}

}  // namespace gatehouse::events
