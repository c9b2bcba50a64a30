#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/config/model.hpp"
#include "gateway/host/generation.hpp"
#include "gateway/http/limits.hpp"
#include "gateway/pipeline/cors.hpp"
#include "gateway/pipeline/filter.hpp"
#include "gateway/routing/route_table.hpp"
#include "gateway/upstream/cluster.hpp"
#include "gateway/upstream/split.hpp"

namespace gatehouse::pipeline {

// Where a service answers: at least one of the two.
struct Service {
    std::string name;
    std::shared_ptr<host::Generation> generation;  // plugin:NAME, in this process
    std::unique_ptr<upstream::Cluster> cluster;    // spawn:NAME, http://… and http+unix:…
    upstream::Split split;                         // what shares they have
    std::shared_ptr<host::Generation> canary;      // its successor, on trial; usually null
    upstream::Split canary_split;                  // between the canary and the generation

    // The home of the next request: the generation, else the cluster. Follows the weights; goes to the generation while
    // nothing else can be reached.                                                                           [loop]
    bool goes_to_plugin(std::uint32_t loop_index) const;
    // Which one serves the next request of the plugin's share.  REQUIRES: generation.                        [loop]
    host::Generation& next_generation(std::uint32_t loop_index) const {
        return canary != nullptr && canary_split.takes_first(loop_index) ? *canary : *generation;
    }
    // Whether checks and calls of the gateway's own go to the generation: always, unless it has no share.    [any]
    bool is_asked_here() const { return generation != nullptr && split.first_weight() > 0; }
};

struct Services {
    std::map<std::string, Service, std::less<>> by_name;
    const Service* find(std::string_view name) const;
};

// One route, compiled.
struct RoutePlan {
    const config::Route* route = nullptr;  // in Snapshot::table
    const Service* service = nullptr;      // null with a redirect
    Filters filters;                       // in pipeline order
    std::optional<Cors> cors;              // if other origins' pages are meant to come
    Duration recheck{0};                   // how often the caller of an answer that goes on is verified; 0 = never
    std::string redirect_prefix;           // redirect.to without "/**"
    std::string rewrite_prefix;            // rewrite without "/**"
    bool redirect_keeps_rest = false;
    bool rewrite_keeps_rest = false;
};

// The configuration compiled for use: immutable, shared by all loops. A loop holds the current one; a session holds the
// one that routed its request by a plain counter of its loop, so that a reload never pulls it away under a request.
struct Snapshot {
    config::Configuration configuration;
    http::Limits http_limits;
    Services services;
    std::unique_ptr<routing::RouteTable> table;
    Filters before_route;
    std::vector<RoutePlan> plans;  // beside table->routes()
    bool is_backend = false;       // serve mode: see Mode
    std::uint64_t number = 0;      // 1 for the first, one more with every reload
};

}  // namespace gatehouse::pipeline
