// Takes away the images that deleted accounts leave.
#pragma once

#include <chrono>
#include <cstdint>

#include <gatehouse/context.hpp>
#include <gatehouse/job.hpp>
#include <gatehouse/storage/database.hpp>

#include "plugins/media/removal.hpp"

namespace media {

class Departures final {
public:
    // How long after its deletion something of an account may still come to light: a transaction that has not seen the
    // deletion yet may be ending.
    static constexpr std::chrono::minutes kAftermath{1};

    Departures(const gatehouse::Context& context, gatehouse::Database& database, Removal& removal)
        : context_(context), database_(database), removal_(removal) {}

    // A job: some images in each transaction, so that nobody waits for long however many there are; each removal is
    // told. Ends early, and goes on in the next run, when it should stop or the store does not answer. An account that
    // is active again meanwhile keeps what is left.
    void clean_up(const gatehouse::JobRun& run);

private:
    // False: nothing is left.
    [[nodiscard]] bool remove_some(std::int64_t user_id);

    const gatehouse::Context& context_;
    gatehouse::Database& database_;
    Removal& removal_;
};

}  // namespace media
