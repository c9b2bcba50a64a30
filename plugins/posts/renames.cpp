#include "plugins/posts/renames.hpp"

namespace posts {

namespace {

using gatehouse::Transaction;

constexpr int kAccountsAtOnce = 100;
constexpr int kRowsAtOnce = 200;

}  // namespace

void Renames::catch_up(const gatehouse::JobRun& run) {
    const auto pending = database_.read([](Transaction& tx) { return names::pending(tx, kAccountsAtOnce); });
    for (const names::Renamed& renamed : pending) {
        bool is_done = true;
        for (const auto place : {names::Place::posts, names::Place::comments, names::Place::likes}) {
            is_done = is_done && rewrite_all(renamed, place, run);
        }
        if (run.should_stop()) return;
        if (!is_done || renamed.since + kAftermath > context_.wall_time()) continue;
        database_.write([&](Transaction& tx) { names::finish(tx, renamed); });
    }
}

bool Renames::rewrite_all(const names::Renamed& renamed, names::Place place, const gatehouse::JobRun& run) {
    for (std::int64_t after = 0; !run.should_stop();) {
        const auto span =
            database_.read([&](Transaction& tx) { return names::look(tx, place, renamed, after, kRowsAtOnce); });
        if (span.last == 0) return true;
        after = span.last;
        if (span.outdated.empty()) continue;
        const bool is_current = database_.write([&](Transaction& tx) {
            if (!names::is_current(tx, renamed)) return false;
            names::rewrite(tx, place, renamed, span.outdated);
            return true;
        });
        if (!is_current) return false;
    }
    return false;
}

}  // namespace posts
