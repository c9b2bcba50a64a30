#include "gateway/routing/route_table.hpp"

#include <algorithm>

#include "gateway/config/path_pattern.hpp"
#include "gateway/routing/host_name.hpp"
#include "gateway/routing/path_trie.hpp"

namespace gatehouse::routing {

struct RouteTable::Index {
    struct Host {
        std::string name;  // example.com, or .example.com for *.example.com
        PathTrie paths;
    };
    std::vector<Host> exact;     // sorted by name
    std::vector<Host> wildcard;  // longest first
    PathTrie any;

    PathTrie& trie_for(const std::string& host) {
        if (host.empty()) return any;
        const bool is_wildcard = host.starts_with("*.");
        const std::string name = is_wildcard ? host.substr(1) : host;
        std::vector<Host>& hosts = is_wildcard ? wildcard : exact;
        for (Host& known : hosts) {
            if (known.name == name) return known.paths;
        }
        hosts.push_back({name, {}});
        return hosts.back().paths;
    }

    void finish() {
        std::sort(exact.begin(), exact.end(),
                  [](const Host& left, const Host& right) { return left.name < right.name; });
        std::sort(wildcard.begin(), wildcard.end(), [](const Host& left, const Host& right) {
            return left.name.size() != right.name.size() ? left.name.size() > right.name.size()
                                                         : left.name < right.name;
        });
        for (Host& host : exact) host.paths.finish();
        for (Host& host : wildcard) host.paths.finish();
        any.finish();
    }

    // Calls visit(trie) for each group of routes that this host may use, most specific first, until it returns true.
    template <class Visit>
    void for_each(std::string_view authority, const Visit& visit) const {
        if (!exact.empty() || !wildcard.empty()) {
            const std::string_view host = host_of(authority);
            const auto found =
                std::lower_bound(exact.begin(), exact.end(), host,
                                 [](const Host& known, std::string_view name) { return known.name.compare(name) < 0; });
            if (found != exact.end() && found->name == host && visit(found->paths)) return;
            for (const Host& known : wildcard) {
                const bool is_below = host.size() > known.name.size() && host.ends_with(known.name);
                if (is_below && visit(known.paths)) return;
            }
        }
        visit(any);
    }
};

RouteTable::RouteTable(std::vector<config::Route> routes)
    : routes_(std::move(routes)), index_(std::make_unique<Index>()) {
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        const auto pattern = config::parse_path_pattern(routes_[i].path);
        if (!pattern) continue;  // config::load let nothing of the kind pass
        index_->trie_for(routes_[i].host).add(*pattern, routes_[i].methods, static_cast<std::uint32_t>(i));
    }
    index_->finish();
}

RouteTable::~RouteTable() = default;

Match RouteTable::find(std::string_view method, std::string_view authority, std::string_view path) const {
    Match match;
    index_->for_each(authority, [&](const PathTrie& paths) {
        const PathTrie::Found found = paths.find(method, path);
        if (found.path_matched) match.result = MatchResult::method_not_allowed;
        if (found.route == nullptr) return false;
        match = {MatchResult::found, &routes_[*found.route], *found.route, found.rest};
        return true;
    });
    return match;
}

std::string RouteTable::allowed_methods(std::string_view authority, std::string_view path) const {
    std::vector<std::string_view> methods;
    index_->for_each(authority, [&](const PathTrie& paths) { return paths.collect_methods(path, methods); });
    if (std::find(methods.begin(), methods.end(), "GET") != methods.end()) methods.push_back("HEAD");
    std::sort(methods.begin(), methods.end());
    methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
    std::string text;
    for (const std::string_view method : methods) text.append(text.empty() ? "" : ", ").append(method);
    return text;
}

}  // namespace gatehouse::routing
