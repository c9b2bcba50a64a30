#include "plugins/media/departures.hpp"

#include <optional>
#include <string>
#include <vector>

#include "plugins/media/leaver_repository.hpp"
#include "plugins/media/media_repository.hpp"

namespace media {

namespace {

using gatehouse::Transaction;

constexpr int kAccountsAtOnce = 100;
constexpr int kImagesAtOnce = 50;

}  // namespace

void Departures::clean_up(const gatehouse::JobRun& run) {
    const auto found = database_.read([](Transaction& tx) { return leavers::some(tx, kAccountsAtOnce); });
    for (const leavers::Leaver& leaver : found) {
        bool is_done = false;
        while (!is_done && !run.should_stop()) is_done = !remove_some(leaver.user_id);
        if (!is_done) return;
        if (leaver.since + kAftermath > context_.wall_time()) continue;
        database_.write([&](Transaction& tx) { leavers::finish(tx, leaver.user_id); });
        context_.log().info("a deleted account has left no image", {{"user", leaver.user_id}});
    }
}

// What is marked as leaving, and is still in the store when this ends early, is the collector's.
bool Departures::remove_some(std::int64_t user_id) {
    using Names = std::vector<std::string>;
    const auto unused = database_.write([&](Transaction& tx) -> std::optional<Names> {
        if (!leavers::contain(tx, user_id)) return std::nullopt;
        const auto images = repository::lock_some_of(tx, user_id, kImagesAtOnce);
        if (images.empty()) return std::nullopt;
        return removal_.remove(tx, images);
    });
    if (!unused) return false;
    removal_.take_out(*unused);
    return true;
}

}  // namespace media
