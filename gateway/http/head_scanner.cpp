#include "gateway/http/head_scanner.hpp"

#include <algorithm>

#include "gateway/http/octet_search.hpp"

namespace gatehouse::http {

namespace {

constexpr ParseResult failed(int status, std::string_view reason) { return {ParseStatus::failed, 0, {status, reason}}; }

constexpr ParseResult too_large(bool in_first_line) {
    return in_first_line ? failed(414, "request_line_too_long") : failed(431, "head_too_large");
}

}  // namespace

// Octets beyond a limit are not looked at: so the verdict is the same whether they came at once or one by one.
ParseResult HeadScanner::scan(std::string_view head, const Limits& limits) {
    const auto window = [&] {
        return line_start_ != 0 ? limits.header_bytes : std::min(limits.request_line_bytes + 2, limits.header_bytes);
    };
    const char* const begin = head.data();
    const char* end = begin + std::min(head.size(), window());
    const char* position = begin + scanned_;

    while ((position = find_control(position, end)) != end) {
        if (*position == '\n') return failed(400, "bare_lf");
        if (*position != '\r') return failed(400, "control_character");
        if (position + 1 == end) break;  // what follows CR is not here yet
        if (position[1] != '\n') return failed(400, "bare_cr");

        const auto line_end = static_cast<std::size_t>(position - begin);
        if (line_end == line_start_) return {ParseStatus::complete, line_end + 2, {}};
        line_start_ = line_end + 2;
        position += 2;
        end = begin + std::min(head.size(), window());
    }
    scanned_ = static_cast<std::size_t>(position - begin);
    return head.size() < window() ? ParseResult{} : too_large(line_start_ == 0);
}

}  // namespace gatehouse::http
