#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/path_pattern.hpp"

namespace gatehouse::routing {

// The routes of one host, by path. Every node is one prefix of some pattern; a search walks down, most specific child
// first, and comes back up when a branch has nobody for the method. A node is visited at most once per search, so the
// worst case is the size of the trie, not exponential in the path.
class PathTrie final {
public:
    struct Found {
        const std::uint32_t* route = nullptr;  // null: nobody for this method
        bool path_matched = false;             // but for another method there is
        std::string_view rest;
    };

    PathTrie();
    void add(const config::PathPattern& pattern, const std::vector<std::string>& methods, std::uint32_t route);
    // To be called once, after the last add().
    void finish();

    Found find(std::string_view method, std::string_view path) const;
    // Appends the methods that routes on this path name; true if one of them takes all methods.
    bool collect_methods(std::string_view path, std::vector<std::string_view>& methods) const;

private:
    static constexpr std::uint32_t kNone = UINT32_MAX;

    struct Method {
        std::string name;
        std::uint32_t route = kNone;
    };
    // Routes of one pattern: only the method decides.
    struct Leaf {
        std::vector<Method> methods;
        std::uint32_t any_method = kNone;

        bool is_empty() const { return methods.empty() && any_method == kNone; }
        void add(const std::vector<std::string>& names, std::uint32_t route);
        const std::uint32_t* find(std::string_view method) const;
    };
    struct Edge {
        std::string segment;
        std::uint32_t node = kNone;
    };
    struct Node {
        std::vector<Edge> literals;  // sorted by length, then by octets
        std::uint32_t integer = kNone;
        std::uint32_t any = kNone;
        Leaf exact;
        Leaf tail;
    };

    std::uint32_t literal_child(const Node& node, std::string_view segment) const;
    std::uint32_t make_child(std::uint32_t parent, const config::PathPattern::Segment& segment);

    // Calls visit(leaf, rest) for each pattern that matches, most specific first, until it returns true.
    template <class Visit>
    bool walk(std::uint32_t index, std::string_view rest, const Visit& visit) const;

    std::vector<Node> nodes_;
};

}  // namespace gatehouse::routing
