#include "gateway/config/report.hpp"

#include <algorithm>
#include <tuple>

namespace gatehouse::config {

namespace {

constexpr std::size_t kMaxKept = 1'000;  // more are of no use to anybody; bounds what a hostile file costs

auto order(const Diagnostic& finding) {
    return std::tie(finding.position.line, finding.position.column, finding.code, finding.message);
}

}  // namespace

void Report::add(const Code& code, Position position, int length, std::string message, std::string note,
                 std::string help) {
    if (found_.size() >= kMaxKept) return;
    found_.push_back({std::string(code.id), std::move(message), position, length, std::move(note), std::move(help)});
}

std::vector<Diagnostic> Report::take() {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Diagnostic& left, const Diagnostic& right) { return order(left) < order(right); });
    const auto last = std::unique(found_.begin(), found_.end(), [](const Diagnostic& left, const Diagnostic& right) {
        return order(left) == order(right);
    });
    found_.erase(last, found_.end());
    return std::move(found_);
}

std::string quoted(std::string_view word) {
    constexpr std::size_t kMaxShown = 60;
    if (word.size() <= kMaxShown) return "\"" + std::string(word) + "\"";
    std::size_t end = kMaxShown;
    while (end > 0 && (static_cast<unsigned char>(word[end]) & 0xC0) == 0x80) --end;
    return "\"" + std::string(word.substr(0, end)) + "…\"";
}

}  // namespace gatehouse::config
