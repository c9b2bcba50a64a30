// A Gatehouse service in C++: derive from Service, declare routes in the constructor, end the file with
// GATEHOUSE_PLUGIN(Type, "id", "1.0.0"). See sdk/README.md for a page-long walk.
//
//     class Posts final : public gatehouse::Service {
//     public:
//         struct Config { std::string database = "sqlite:var/data/posts.db"; };
//         Posts(gatehouse::Context& context, const Config& config);       // create(): no I/O
//         Created<Post> create(const Request& request, const NewPost& draft);
//     };
//     constexpr auto describe(Posts::Config*) { … }
#pragma once

#include <gatehouse/binding.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/handover.hpp>
#include <gatehouse/plugin.hpp>
#include <gatehouse/problem.hpp>
#include <gatehouse/request.hpp>
#include <gatehouse/response.hpp>

#include <string>
#include <vector>

namespace gatehouse {

struct MigrationStep {
    std::string name;  // "0001_create_posts"
    bool applied = false;
};

// The constructor takes (Context&) or (Context&, const Config&) and must not do I/O. Exceptions from any hook are
// logged and fail that step. All but healthy() run on the lifecycle thread and may block for the host's deadline.
class Service {
public:
    virtual ~Service() = default;

    virtual void start() {}                                // connect, migrate, warm up
    [[nodiscard]] virtual bool healthy() { return true; }  // cheap; on a loop, beside running handlers
    virtual void drain(Instant /*deadline*/) {}            // begin no more background work
    virtual void stop() {}                                 // after the last request

    // `gatehouse migrate`: before start(). all = every known migration; migrate() applies pending ones and returns
    // those it applied.
    [[nodiscard]] virtual std::vector<MigrationStep> migration_status() { return {}; }
    virtual std::vector<MigrationStep> migrate() { return {}; }
};

}  // namespace gatehouse
