#include "gateway/host/plugin_route.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/ascii.hpp"

namespace gatehouse::host {

namespace {

constexpr std::size_t kSegmentsMax = 32;

// The segments of a path without its trailing slash. False for more than kSegmentsMax.
bool split(std::string_view path, std::array<std::string_view, kSegmentsMax>& out, std::size_t& count) {
    count = 0;
    if (path.starts_with('/')) path.remove_prefix(1);
    if (path.ends_with('/')) path.remove_suffix(1);
    while (!path.empty()) {
        if (count == kSegmentsMax) return false;
        const std::size_t end = std::min(path.find('/'), path.size());
        out[count++] = path.substr(0, end);
        path.remove_prefix(std::min(path.size(), end + 1));
    }
    return true;
}

bool is_integer(std::string_view text) {
    return !text.empty() && text.size() <= 19 && std::all_of(text.begin(), text.end(), ascii::is_digit);
}

int hex_value(char c) {
    if (ascii::is_digit(c)) return c - '0';
    const char lower = ascii::to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void decode(std::string_view text, std::string& out) {
    out.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
            out.push_back(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
            i += 2;
        } else {
            out.push_back(text[i]);
        }
    }
}

bool serves(const PluginRoute& route, std::string_view method) {
    return route.method == method || (route.method == "GET" && method == "HEAD");
}

}  // namespace

bool PluginRouteTable::parse(std::string_view pattern, Pattern& out) {
    std::array<std::string_view, kSegmentsMax> segments;
    std::size_t count = 0;
    if (!pattern.starts_with('/') || !split(pattern, segments, count)) return false;
    for (std::size_t i = 0; i < count; ++i) {
        std::string_view text = segments[i];
        if (!text.starts_with('{')) {
            if (text.empty() || text.find_first_of("{}") != std::string_view::npos) return false;
            out.push_back({Segment::Kind::literal, std::string(text)});
            continue;
        }
        if (!text.ends_with('}')) return false;
        text = text.substr(1, text.size() - 2);
        auto kind = Segment::Kind::any;
        if (text.ends_with(":int")) {
            kind = Segment::Kind::integer;
            text.remove_suffix(4);
        } else if (text.ends_with('*')) {
            if (i + 1 != count) return false;
            kind = Segment::Kind::rest;
            text.remove_suffix(1);
        }
        if (text.empty() || text.find_first_of("{}:*") != std::string_view::npos) return false;
        out.push_back({kind, std::string(text)});
    }
    return true;
}

bool PluginRouteTable::matches(const Pattern& pattern, const std::vector<std::string_view>& segments) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i].kind == Segment::Kind::rest) return true;
        if (i >= segments.size()) return false;
        if (pattern[i].kind == Segment::Kind::literal && pattern[i].text != segments[i]) return false;
        if (pattern[i].kind == Segment::Kind::integer && !is_integer(segments[i])) return false;
    }
    return pattern.size() == segments.size();
}

// Segment by segment: literal before integer before any before rest.
bool PluginRouteTable::is_more_specific(const Pattern& left, const Pattern& right) {
    for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
        if (left[i].kind != right[i].kind) return left[i].kind < right[i].kind;
        if (left[i].kind == Segment::Kind::literal && left[i].text != right[i].text)
            return left[i].text < right[i].text;
    }
    return left.size() > right.size();
}

std::string PluginRouteTable::add(PluginRoute route) {
    Pattern pattern;
    if (!parse(route.pattern, pattern)) return "bad pattern \"" + route.pattern + "\"";
    if (route.method.empty() || route.handle == nullptr)
        return "route \"" + route.pattern + "\" lacks a method or handler";
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        if (routes_[i].method == route.method && !is_more_specific(patterns_[i], pattern) &&
            !is_more_specific(pattern, patterns_[i])) {
            return route.method + " " + route.pattern + " conflicts with " + routes_[i].pattern;
        }
    }
    route.index = static_cast<std::uint32_t>(routes_.size());
    const auto place = std::find_if(by_specificity_.begin(), by_specificity_.end(),
                                    [&](std::uint32_t i) { return is_more_specific(pattern, patterns_[i]); });
    by_specificity_.insert(place, route.index);
    routes_.push_back(std::move(route));
    patterns_.push_back(std::move(pattern));
    return {};
}

PluginMatch PluginRouteTable::find(std::string_view method, std::string_view path, const PluginRoute*& route,
                                   Captures& captures) const {
    std::array<std::string_view, kSegmentsMax> parts;
    std::size_t count = 0;
    if (!split(path, parts, count)) return PluginMatch::not_found;
    thread_local std::vector<std::string_view> segments;
    segments.assign(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(count));

    bool path_exists = false;
    for (const std::uint32_t index : by_specificity_) {
        const Pattern& pattern = patterns_[index];
        if (!matches(pattern, segments)) continue;
        if (!serves(routes_[index], method)) {
            path_exists = true;
            continue;
        }
        route = &routes_[index];
        captures.views_.clear();
        if (captures.text_.size() < pattern.size()) captures.text_.resize(pattern.size());
        for (std::size_t i = 0; i < pattern.size(); ++i) {
            if (pattern[i].kind == Segment::Kind::literal) continue;
            std::string_view raw = i < count ? segments[i] : std::string_view();
            if (pattern[i].kind == Segment::Kind::rest && i < count) {
                raw = {segments[i].data(), static_cast<std::size_t>(segments[count - 1].end() - segments[i].begin())};
            }
            decode(raw, captures.text_[i]);
            captures.views_.push_back({{pattern[i].text.data(), pattern[i].text.size()},
                                       {captures.text_[i].data(), captures.text_[i].size()}});
        }
        return PluginMatch::found;
    }
    return path_exists ? PluginMatch::method_not_allowed : PluginMatch::not_found;
}

std::string PluginRouteTable::allowed_methods(std::string_view path) const {
    std::array<std::string_view, kSegmentsMax> parts;
    std::size_t count = 0;
    if (!split(path, parts, count)) return {};
    const std::vector<std::string_view> segments(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(count));
    std::vector<std::string_view> methods;
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        if (!matches(patterns_[i], segments)) continue;
        methods.push_back(routes_[i].method);
        if (routes_[i].method == "GET") methods.emplace_back("HEAD");
    }
    std::sort(methods.begin(), methods.end());
    methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
    std::string text;
    for (const std::string_view method : methods) text.append(text.empty() ? "" : ", ").append(method);
    return text;
}

}  // namespace gatehouse::host
