#include "sdk/storage/postgresql/dialer.hpp"

#include <algorithm>

#include "gatehouse/storage/errors.hpp"

namespace gatehouse::storage::postgresql {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{1'000};

}  // namespace

std::unique_ptr<Connection> Dialer::connect() {
    {
        const std::scoped_lock lock(mutex_);
        if (steady_clock::now() < not_before_) throw Unavailable(last_error_);
    }
    try {
        auto connection = std::make_unique<Connection>(location_, options_);
        const std::scoped_lock lock(mutex_);
        failures_ = 0;
        not_before_ = {};
        return connection;
    } catch (const StorageError& error) {
        const std::scoped_lock lock(mutex_);
        const auto pause = std::min(kFirstPause * (1 << std::min(failures_++, 10)), kLongestPause);
        std::uniform_int_distribution<std::int64_t> pick(pause.count() / 2, pause.count());
        not_before_ = steady_clock::now() + std::chrono::milliseconds(pick(random_));
        last_error_ = error.what();
        throw Unavailable(last_error_);
    }
}

}  // namespace gatehouse::storage::postgresql
