// What is taken away later, by a job.
#pragma once

#include <chrono>

#include <gatehouse/context.hpp>
#include <gatehouse/job.hpp>
#include <gatehouse/storage/database.hpp>

namespace subscriptions {

class Housekeeping final {
public:
    // How long after its deletion an account may still follow: its tokens are good for some seconds.
    static constexpr std::chrono::minutes kAftermath{1};

    Housekeeping(const gatehouse::Context& context, gatehouse::Database& database)
        : context_(context), database_(database) {}

    // Ends all followings of people whose accounts are gone, on both sides, some at a time, and tells so.
    void remove_leavers(const gatehouse::JobRun& run);

private:
    const gatehouse::Context& context_;
    gatehouse::Database& database_;
};

}  // namespace subscriptions
