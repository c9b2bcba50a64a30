// What one generation of a service leaves to the next when its code is replaced: warm caches and counters, nothing that
// a crash may not lose ("gh.handover/1"). A service opts in by deriving from Handover beside Service:
//
//     class Posts final : public gatehouse::Service, public gatehouse::Handover { … };
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse {

class Handover {
public:
    struct State {
        std::string schema;  // names the format and its version: "posts-cache/2"
        std::string bytes;   // at most 16 MiB, else nothing is handed over
    };

    virtual ~Handover() = default;

    // While this generation still serves requests, so beside running handlers. Empty: there is nothing to hand over.
    // May block, at most 2 s.                                                                             [lifecycle
    // thread]
    [[nodiscard]] virtual std::optional<State> export_state() = 0;
    // After start(), before any request. False: the format is unknown, start empty. An exception is logged, and the
    // host decides as configured: start empty, or keep the old generation.                                [lifecycle
    // thread]
    [[nodiscard]] virtual bool import_state(std::string_view schema, std::string_view bytes) = 0;
};

}  // namespace gatehouse
