#include "plugins/subscriptions/feed_pull.hpp"

#include <algorithm>
#include <utility>

#include "plugins/subscriptions/follow_repository.hpp"

namespace subscriptions::feed {

namespace {

using gatehouse::Transaction;

// Constants in the text, so that a plan that serves all parameters knows how little is walked over.
#define WALKED "1000"
constexpr std::int64_t kWalked = 1'000;
constexpr char kEndOfWalk[] =
    "select count(*), coalesce(min(post_id), 0) from "
    "(select post_id from feed_posts where post_id < $1 order by post_id desc limit " WALKED ") n";
constexpr char kWalk[] =
    "select n.post_id from (select post_id, author_id from feed_posts where post_id < $2 order by post_id desc "
    "limit " WALKED
    ") n join follows f on f.follower_id = $1 and f.user_id = n.author_id "
    "order by n.post_id desc limit $3";
constexpr char kSeekSqlite[] =
    "select p.post_id from follows f cross join feed_posts p where f.follower_id = $1 and p.author_id = f.user_id "
    "and p.post_id < $2 and p.post_id >= $3 order by p.post_id desc limit $4";
// No join that reads the span as a whole is possible here.
constexpr char kSeekPostgresql[] =
    "select p.post_id from follows f cross join lateral (select post_id from feed_posts where author_id = f.user_id "
    "and post_id < $2 and post_id >= $3 order by post_id desc limit $4) p where f.follower_id = $1 "
    "order by p.post_id desc limit $4";

constexpr std::int64_t kFollowedFew = 20;  // these are asked at once
constexpr std::int64_t kCounted = 10'000;  // nobody follows more
constexpr std::int64_t kSeekPrice = 2;     // as many posts can be walked over in the time of one seek
constexpr double kMargin = 1.5;            // of a span, so that one try is enough
constexpr double kLeast = 2, kMost = 256;  // how many times as long the next span is
constexpr std::int64_t kFirstSpan = std::int64_t{86'400'000} << 22;  // a day, where nothing is known

class Pull {
public:
    Pull(Transaction& tx, std::int64_t reader, std::int64_t before, int limit)
        : tx_(tx), reader_(reader), wanted_(static_cast<std::size_t>(limit)), end_(before) {}

    std::vector<std::int64_t> run() {
        const std::int64_t followed = repository::count_followed(tx_, reader_, kCounted);
        if (followed == 0) return {};
        begin_at_newest();
        bool is_worth_it = followed > kFollowedFew;
        while (is_worth_it && missing() > 0 && end_ > 0) {
            const auto found = static_cast<double>(walk());
            is_worth_it =
                static_cast<double>(missing() * kWalked) <= found * static_cast<double>(kSeekPrice * followed);
        }
        while (missing() > 0 && end_ > 0) seek();
        return std::move(ids_);
    }

private:
    std::int64_t missing() const { return static_cast<std::int64_t>(wanted_ - ids_.size()); }

    // Answers how many were found.
    std::int64_t walk() {
        const gatehouse::Rows rows = tx_.query(kEndOfWalk, end_);
        const auto walked = rows[0].get<std::int64_t>(0), oldest = rows[0].get<std::int64_t>(1);
        const auto found = add(tx_.query(kWalk, reader_, end_, missing()).all<std::int64_t>());
        if (missing() > 0) note(found, end_ - oldest);
        end_ = walked < kWalked ? 0 : oldest;
        return found;
    }

    void seek() {
        const std::int64_t begin = span_ < end_ ? end_ - span_ : 0;
        const char* const sql = tx_.engine() == gatehouse::Engine::sqlite ? kSeekSqlite : kSeekPostgresql;
        const auto found = add(tx_.query(sql, reader_, end_, begin, missing()).all<std::int64_t>());
        note(found, end_ - begin);
        end_ = begin;
    }

    // There is nothing to be found between `before` and the newest post.
    void begin_at_newest() {
        const auto newest =
            tx_.query("select coalesce(max(post_id), 0) from feed_posts where post_id < $1", end_).one<std::int64_t>();
        end_ = newest == 0 ? 0 : newest + 1;
    }

    // So many were found in a span: how long is the next one to be?
    void note(std::int64_t found, std::int64_t span) {
        const double times = found == 0 ? kMost : kMargin * static_cast<double>(missing()) / static_cast<double>(found);
        const double longer = static_cast<double>(std::max<std::int64_t>(span, 1)) * std::clamp(times, kLeast, kMost);
        span_ = static_cast<std::int64_t>(std::min(longer, 0x1p62));
    }

    std::int64_t add(const std::vector<std::int64_t>& found) {
        ids_.insert(ids_.end(), found.begin(), found.end());
        return std::ssize(found);
    }

    Transaction& tx_;
    const std::int64_t reader_;
    const std::size_t wanted_;
    std::int64_t end_;                // what is older has not been looked at; 0 = all has
    std::int64_t span_ = kFirstSpan;  // of the next seek, as a difference of ids
    std::vector<std::int64_t> ids_;
};

}  // namespace

std::vector<std::int64_t> pull(Transaction& tx, std::int64_t reader, std::int64_t before, int limit) {
    return Pull(tx, reader, before, limit).run();
}

}  // namespace subscriptions::feed
