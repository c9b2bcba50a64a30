// What is taken away later, by a job.
#pragma once

#include <gatehouse/job.hpp>
#include <gatehouse/storage/database.hpp>

namespace subscriptions {

class Housekeeping final {
public:
    explicit Housekeeping(gatehouse::Database& database) : database_(database) {}

    // Ends all followings of people whose accounts are gone, some at a time, and tells so.
    void remove_leavers(const gatehouse::JobRun& run);

private:
    gatehouse::Database& database_;
};

}  // namespace subscriptions
