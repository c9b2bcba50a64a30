// GET /api/newsfeed/live: posts as they come, as server-sent events.
//
// Each stream looks once a second for what has arrived, so that it makes no difference which process consumed the
// event. The id of an event is its number of arrival: a client that comes back with Last-Event-ID misses nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/sse.hpp>
#include <gatehouse/storage/database.hpp>
#include <gatehouse/task.hpp>

namespace subscriptions {

class FeedLive final {
public:
    FeedLive(gatehouse::Context& context, gatehouse::Database& database);

    gatehouse::task<> follow(gatehouse::StreamingRequest request);
    void drain() { draining_ = true; }  // streams end within a second

private:
    struct Reader {
        gatehouse::User user;
        std::int64_t complete_to = 0;
        std::set<std::int64_t> sent;  // arrivals of the overlap
        bool is_placed = false;       // complete_to is set
        int looks_back = 0;           // at the overlap, though nothing is new
    };
    struct News {
        std::int64_t seq = 0;
        std::string post;  // JSON
    };
    // From the next arrival on.
    static void place(Reader& reader, std::int64_t seq);
    // [worker] What has arrived for the reader and may be seen; moves the reader on.
    [[nodiscard]] std::vector<News> look(Reader& reader);
    // Empty without an answer of posts: the reader stays where it is, and the next look asks again.
    [[nodiscard]] std::optional<std::vector<News>> shown(const Reader& reader, std::vector<std::int64_t> seqs,
                                                         std::vector<std::int64_t> posts);

    const gatehouse::Context& context_;
    gatehouse::Database& database_;
    gatehouse::EventStreams streams_;
    std::atomic<bool> draining_{false};
};

}  // namespace subscriptions
