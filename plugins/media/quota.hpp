// How much one user may keep.
#pragma once

#include <cstdint>
#include <optional>

#include <gatehouse/problem.hpp>
#include <gatehouse/storage/transaction.hpp>

#include "plugins/media/config.hpp"

namespace media {

class Quota final {
public:
    // std::runtime_error for a quota that would not hold one file of the size that may be sent.
    explicit Quota(const Config& config);

    // Empty: no limit.
    [[nodiscard]] std::optional<std::int64_t> bytes_max() const { return bytes_max_; }

    // Throws the refusal if `bytes` more are too much by now. A look: another upload may still be first.
    void check(gatehouse::Transaction& tx, std::int64_t user_id, std::int64_t bytes) const;
    // Counts them, for certain; false, and nothing has changed, if they are too much.
    [[nodiscard]] bool take(gatehouse::Transaction& tx, std::int64_t user_id, std::int64_t bytes) const;
    // 403, with a type of its own: who asks on a user's behalf can tell it from others.
    [[nodiscard]] gatehouse::Problem refusal(gatehouse::Transaction& tx, std::int64_t user_id) const;

private:
    const std::optional<std::int64_t> bytes_max_;
};

}  // namespace media
