// What is taken away later, by a job.
#pragma once

#include <gatehouse/job.hpp>
#include <gatehouse/storage/database.hpp>

namespace posts {

class Housekeeping final {
public:
    explicit Housekeeping(gatehouse::Database& database) : database_(database) {}

    // Shares without words of posts that are gone. Until then their author alone sees them, empty.
    void remove_orphans(const gatehouse::JobRun& run);

private:
    gatehouse::Database& database_;
};

}  // namespace posts
