#include "sdk/testing/admission.hpp"

#include <gatehouse/form.hpp>

#include <algorithm>

namespace gatehouse::testing {

namespace {

std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> segments;
    path.remove_prefix(path.empty() ? 0 : 1);
    if (!path.empty() && path.back() == '/') path.remove_suffix(1);
    while (true) {
        const std::size_t slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

bool is_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string decoded(std::string_view text) { return percent_decode(text).value_or(std::string(text)); }

// Matches one pattern; rank grows by a letter per segment, smaller = more specific.
bool matches(std::string_view pattern, std::string_view path, std::vector<Header>& params, std::string& rank) {
    const auto wanted = split(pattern);
    const auto given = split(path);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const std::string_view segment = wanted[i];
        const bool is_capture = segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
        if (!is_capture) {
            if (i >= given.size() || decoded(given[i]) != segment) return false;
            rank += 'a';
            continue;
        }
        std::string_view name = segment.substr(1, segment.size() - 2);
        if (name.back() == '*') {
            name.remove_suffix(1);
            const std::string_view rest =
                i < given.size() ? path.substr(static_cast<std::size_t>(given[i].data() - path.data())) : "";
            params.push_back({std::string(name), decoded(rest)});
            rank += 'd';
            return true;
        }
        if (i >= given.size() || given[i].empty()) return false;
        const std::size_t colon = name.find(':');
        if (colon != std::string_view::npos && !is_digits(given[i])) return false;
        params.push_back({std::string(name.substr(0, colon)), decoded(given[i])});
        rank += colon != std::string_view::npos ? 'b' : 'c';
    }
    return wanted.size() == given.size();
}

}  // namespace

std::optional<Match> find_route(const std::vector<RouteRow>& routes, std::string_view method, std::string_view path,
                                std::string& allow) {
    std::optional<Match> best;
    std::string best_rank;
    for (const RouteRow& route : routes) {
        Match match{&route, {}};
        std::string rank;
        if (!matches(route.pattern, path, match.params, rank)) continue;
        if (route.method != method && !(method == "HEAD" && route.method == "GET")) {
            allow += (allow.empty() ? "" : ", ") + route.method;
            continue;
        }
        if (best && best_rank <= rank) continue;
        best = std::move(match);
        best_rank = std::move(rank);
    }
    return best;
}

}  // namespace gatehouse::testing
