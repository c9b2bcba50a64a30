#include "gateway/routing/path_trie.hpp"

#include <algorithm>
#include <cstring>

#include "gateway/base/ascii.hpp"

namespace gatehouse::routing {

namespace {

using Segment = config::PathPattern::Segment;

// By length first: most comparisons then end at a number.
bool comes_before(std::string_view left, std::string_view right) {
    if (left.size() != right.size()) return left.size() < right.size();
    return std::memcmp(left.data(), right.data(), left.size()) < 0;
}

std::string_view skip_slashes(std::string_view path) {
    while (path.starts_with('/')) path.remove_prefix(1);
    return path;
}

bool is_integer(std::string_view segment) { return std::all_of(segment.begin(), segment.end(), ascii::is_digit); }

}  // namespace

void PathTrie::Leaf::add(const std::vector<std::string>& names, std::uint32_t route) {
    if (names.empty()) any_method = route;
    for (const std::string& name : names) methods.push_back({name, route});
}

const std::uint32_t* PathTrie::Leaf::find(std::string_view method) const {
    const std::uint32_t* get = nullptr;
    for (const Method& candidate : methods) {
        if (candidate.name == method) return &candidate.route;
        if (candidate.name == "GET") get = &candidate.route;
    }
    if (method == "HEAD" && get != nullptr) return get;
    return any_method != kNone ? &any_method : nullptr;
}

PathTrie::PathTrie() : nodes_(1) {}

void PathTrie::add(const config::PathPattern& pattern, const std::vector<std::string>& methods, std::uint32_t route) {
    std::uint32_t node = 0;
    for (const Segment& segment : pattern.segments) node = make_child(node, segment);
    (pattern.has_tail ? nodes_[node].tail : nodes_[node].exact).add(methods, route);
}

std::uint32_t PathTrie::make_child(std::uint32_t parent, const Segment& segment) {
    const auto next = static_cast<std::uint32_t>(nodes_.size());
    Node& node = nodes_[parent];
    if (segment.kind == Segment::Kind::literal) {
        for (const Edge& edge : node.literals) {
            if (edge.segment == segment.text) return edge.node;
        }
        node.literals.push_back({segment.text, next});
    } else {
        std::uint32_t& child = segment.kind == Segment::Kind::integer ? node.integer : node.any;
        if (child != kNone) return child;
        child = next;
    }
    nodes_.emplace_back();
    return next;
}

void PathTrie::finish() {
    for (Node& node : nodes_) {
        std::sort(node.literals.begin(), node.literals.end(),
                  [](const Edge& left, const Edge& right) { return comes_before(left.segment, right.segment); });
    }
}

std::uint32_t PathTrie::literal_child(const Node& node, std::string_view segment) const {
    const auto found =
        std::lower_bound(node.literals.begin(), node.literals.end(), segment,
                         [](const Edge& edge, std::string_view text) { return comes_before(edge.segment, text); });
    return found != node.literals.end() && found->segment == segment ? found->node : kNone;
}

template <class Visit>
bool PathTrie::walk(std::uint32_t index, std::string_view rest, const Visit& visit) const {
    const Node& node = nodes_[index];
    if (rest.empty()) {
        if (!node.exact.is_empty() && visit(node.exact, rest)) return true;
    } else {
        const std::size_t end = std::min(rest.find('/'), rest.size());
        const std::string_view segment = rest.substr(0, end);
        const std::string_view below = skip_slashes(rest.substr(end));
        const std::uint32_t literal = literal_child(node, segment);
        if (literal != kNone && walk(literal, below, visit)) return true;
        if (node.integer != kNone && is_integer(segment) && walk(node.integer, below, visit)) return true;
        if (node.any != kNone && walk(node.any, below, visit)) return true;
    }
    return !node.tail.is_empty() && visit(node.tail, rest);
}

PathTrie::Found PathTrie::find(std::string_view method, std::string_view path) const {
    Found found;
    walk(0, skip_slashes(path), [&](const Leaf& leaf, std::string_view rest) {
        found.path_matched = true;
        found.route = leaf.find(method);
        found.rest = rest;
        return found.route != nullptr;
    });
    return found;
}

bool PathTrie::collect_methods(std::string_view path, std::vector<std::string_view>& methods) const {
    return walk(0, skip_slashes(path), [&](const Leaf& leaf, std::string_view) {
        for (const Method& method : leaf.methods) methods.push_back(method.name);
        return leaf.any_method != kNone;
    });
}

}  // namespace gatehouse::routing
