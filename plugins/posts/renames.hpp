// Brings the names at posts, comments and likes to what renamed accounts are called now.
#pragma once

#include <chrono>
#include <cstdint>

#include <gatehouse/context.hpp>
#include <gatehouse/job.hpp>
#include <gatehouse/storage/database.hpp>

#include "plugins/posts/name_repository.hpp"

namespace posts {

class Renames final {
public:
    // How long after a new name is known something may still be written that was begun before.
    static constexpr std::chrono::minutes kAftermath{1};

    Renames(const gatehouse::Context& context, gatehouse::Database& database)
        : context_(context), database_(database) {}

    // A few rows in each transaction, and only those with another name. Ends early when it should stop, and looks
    // again in the next run, until the aftermath is over. Of two names in a row the later one is what remains.
    void catch_up(const gatehouse::JobRun& run);

private:
    // False: it should stop, or the account has yet another name.
    [[nodiscard]] bool rewrite_all(const names::Renamed& renamed, names::Place place, const gatehouse::JobRun& run);

    const gatehouse::Context& context_;
    gatehouse::Database& database_;
};

}  // namespace posts
