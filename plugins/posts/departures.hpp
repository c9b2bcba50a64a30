// Takes away what deleted accounts leave: their posts, likes and comments.
#pragma once

#include <chrono>
#include <cstdint>

#include <gatehouse/context.hpp>
#include <gatehouse/job.hpp>
#include <gatehouse/storage/database.hpp>

namespace posts {

class Departures final {
public:
    // How long after its deletion an account may still write: its tokens are good for some seconds.
    static constexpr std::chrono::minutes kAftermath{1};

    Departures(const gatehouse::Context& context, gatehouse::Database& database)
        : context_(context), database_(database) {}

    // A few rows in each transaction, so that nobody waits for long however much there is; what is counted is counted
    // down, and each removal is told. Ends early, and goes on in the next run, when it should stop. An account that is
    // active again meanwhile keeps what is left.
    void clean_up(const gatehouse::JobRun& run);

private:
    // False: nothing is left.
    [[nodiscard]] bool remove_some(std::int64_t user_id);

    const gatehouse::Context& context_;
    gatehouse::Database& database_;
};

}  // namespace posts
