#include "plugins/auth/background.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "plugins/auth/account_repository.hpp"
#include "plugins/auth/email_code_repository.hpp"
#include "plugins/auth/email_service.hpp"
#include "plugins/auth/invitations.hpp"
#include "plugins/auth/reset_repository.hpp"
#include "plugins/auth/secret_mail.hpp"
#include "plugins/auth/session_repository.hpp"

namespace auth {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kOverlap{60'000};
constexpr milliseconds kCleanEvery{60'000};
constexpr std::chrono::hours kSecretMailKept{1};  // after sending, for a broker that has lost it
constexpr int kPage = 5'000, kBatch = 500, kBatchesMax = 100;

Seconds to_seconds(std::int64_t unix_ms) {
    return std::chrono::ceil<std::chrono::seconds>(gatehouse::from_unix_ms(unix_ms));
}

}  // namespace

Background::Background(gatehouse::Database& database, Revocations& revocations, PasswordHasher& hasher,
                       ResetService& resets, const Metrics& metrics, const gatehouse::Log& log, Rules rules,
                       Clock clock)
    : database_(database),
      revocations_(revocations),
      hasher_(hasher),
      resets_(resets),
      metrics_(metrics),
      log_(log),
      rules_(rules),
      clock_(std::move(clock)) {}

Background::~Background() { stop(); }

void Background::start() {
    load();
    thread_ = std::thread([this] { run(); });
}

void Background::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Background::run() {
    milliseconds since_clean{0};
    bool is_failing = false;
    while (pause(rules_.poll)) {
        since_clean += rules_.poll;
        try {
            load();
            resets_.work_off();
            if (since_clean >= kCleanEvery) {
                since_clean = milliseconds(0);
                clean();
            }
            is_failing = false;
        } catch (const std::exception& error) {
            if (!std::exchange(is_failing, true)) log_.error("background work failed", {{"error", error.what()}});
        }
    }
}

void Background::load() {
    const std::int64_t now_ms = gatehouse::to_unix_ms(clock_.wall());
    const std::int64_t window_ms = milliseconds(rules_.access_lifetime).count();
    const std::int64_t since_ms = (loaded_ms_ == 0 ? now_ms - window_ms : loaded_ms_) - kOverlap.count();
    load_sessions(since_ms, now_ms);
    load_versions(since_ms, now_ms);
    loaded_ms_ = now_ms;
    hasher_.expect_imported(database_.read([](Transaction& tx) { return accounts::highest_imported_cost(tx); }));
    revocations_.forget_expired(std::chrono::floor<std::chrono::seconds>(gatehouse::from_unix_ms(now_ms)));
    metrics_.revocations.set(static_cast<double>(revocations_.size()));
}

void Background::load_sessions(std::int64_t since_ms, std::int64_t now_ms) {
    const std::int64_t keep_ms = milliseconds(rules_.access_lifetime).count() + kOverlap.count();
    std::int64_t after_id = 0;
    while (true) {
        const auto page =
            database_.read([&](Transaction& tx) { return sessions::revocations(tx, since_ms, after_id, kPage); });
        for (const sessions::Revocation& revoked : page) {
            if (revoked.at_ms + keep_ms > now_ms)
                revocations_.revoke_session(revoked.session_id, to_seconds(revoked.at_ms + keep_ms));
        }
        if (page.size() < static_cast<std::size_t>(kPage)) return;
        since_ms = page.back().at_ms;
        after_id = page.back().session_id;
    }
}

void Background::load_versions(std::int64_t since_ms, std::int64_t now_ms) {
    const std::int64_t keep_ms = milliseconds(rules_.access_lifetime).count() + kOverlap.count();
    std::int64_t after_id = 0;
    while (true) {
        const auto page =
            database_.read([&](Transaction& tx) { return accounts::version_changes(tx, since_ms, after_id, kPage); });
        for (const accounts::VersionChange& change : page) {
            if (change.at_ms + keep_ms > now_ms) {
                revocations_.require_version(change.user_id, change.version, to_seconds(change.at_ms + keep_ms));
            }
        }
        if (page.size() < static_cast<std::size_t>(kPage)) return;
        since_ms = page.back().at_ms;
        after_id = page.back().user_id;
    }
}

std::int64_t Background::clean() {
    const Time now = clock_.wall();
    const Time dead_since = now - rules_.access_lifetime - kOverlap;
    std::int64_t removed = 0;
    for (int batch = 0; batch < kBatchesMax; ++batch) {
        const std::int64_t count = database_.write([&](Transaction& tx) {
            return refresh_tokens::remove_expired(tx, now, kBatch) +
                   sessions::remove_dead(tx, dead_since, kBatch / 10) +
                   email_codes::remove_over(tx, now, now - EmailService::kSentWindow, kBatch) +
                   password_resets::remove_created_before(tx, now - ResetService::kMailsWindow, kBatch) +
                   invitations::remove_expired(tx, now, kBatch) +
                   accounts::erase_deleted(tx, now - rules_.deleted_kept, now, kBatch) +
                   forget_secret_mail(tx, now - kSecretMailKept, kBatch);
        });
        removed += count;
        if (count == 0 || !pause(milliseconds(0))) break;
    }
    return removed;
}

bool Background::pause(milliseconds length) {
    std::unique_lock lock(mutex_);
    return !wake_.wait_for(lock, length, [this] { return stopping_; });
}

}  // namespace auth
