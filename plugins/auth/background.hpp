// What happens without a request: learning what other processes have revoked, mailing to those who have lost their
// password, and removing what is over.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <gatehouse/log.hpp>
#include <gatehouse/storage/database.hpp>
#include <mutex>
#include <thread>

#include "plugins/auth/clock.hpp"
#include "plugins/auth/metrics.hpp"
#include "plugins/auth/password_hasher.hpp"
#include "plugins/auth/reset_service.hpp"
#include "plugins/auth/revocations.hpp"

namespace auth {

// One thread between start() and stop(). load() and clean() are two of its jobs, for tests as well.
class Background final {
public:
    struct Rules {
        std::chrono::milliseconds poll{1'000};
        std::chrono::seconds access_lifetime{15 * 60};
        std::chrono::seconds deleted_kept{std::chrono::days(30)};  // before they are erased
    };

    Background(gatehouse::Database& database, Revocations& revocations, PasswordHasher& hasher, ResetService& resets,
               const Metrics& metrics, const gatehouse::Log& log, Rules rules, Clock clock);
    ~Background();  // stops

    // Throws what the database throws: a service that does not know what is revoked must not start.
    void start();
    void stop();  // idempotent; joins

    // Takes over all revocations since the last time (at first: of one token lifetime). Looks back a minute further,
    // for transactions that were long in committing and for clocks that differ. Tells the hasher of imported hashes.
    void load();
    // Removes expired rows and erases deleted accounts, in batches; how many.
    std::int64_t clean();

private:
    void run();
    void load_sessions(std::int64_t since_ms, std::int64_t now_ms);
    void load_versions(std::int64_t since_ms, std::int64_t now_ms);
    bool pause(std::chrono::milliseconds length);  // false = stop

    gatehouse::Database& database_;
    Revocations& revocations_;
    PasswordHasher& hasher_;
    ResetService& resets_;
    const Metrics& metrics_;
    const gatehouse::Log& log_;
    const Rules rules_;
    const Clock clock_;

    std::int64_t loaded_ms_ = 0;  // wall time of the last load(); 0 = never
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;  // guarded by mutex_
    std::thread thread_;
};

}  // namespace auth
