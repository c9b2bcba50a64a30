#include "plugins/subscriptions/feed_live.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "plugins/subscriptions/feed_repository.hpp"
#include "plugins/subscriptions/post_batch.hpp"

namespace subscriptions {

namespace {

using namespace std::chrono_literals;

constexpr auto kPause = 1s;
constexpr std::int64_t kOverlap = 50;  // a transaction may commit after one with a higher number
constexpr int kLooksBack = 10;         // after each arrival, so that such a one does not wait for the next
constexpr int kScannedMax = 2'000;
constexpr std::size_t kShownAtOnce = 100;  // of those that missed more, the newest

std::int64_t number_in(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::max<std::int64_t>(number, 0) : 0;
}

struct PostId {
    std::int64_t id = 0;
};
constexpr auto describe(PostId*) { return gatehouse::fields(gatehouse::field("id", &PostId::id)); }

}  // namespace

FeedLive::FeedLive(gatehouse::Context& context, gatehouse::Database& database)
    : context_(context), database_(database), streams_(context) {}

gatehouse::task<> FeedLive::follow(gatehouse::StreamingRequest request) {
    Reader reader;
    reader.user = request.request().user();
    gatehouse::EventStream stream = streams_.open(std::move(request));
    if (const std::int64_t seen = number_in(stream.last_event_id()); seen > 0) place(reader, seen);
    const auto work = [this, &reader] { return look(reader); };
    while (!draining_) {
        const std::vector<News> news = co_await gatehouse::offload(work);
        for (const News& one : news) {
            gatehouse::ServerEvent event = gatehouse::ServerEvent(one.post).type("post").id(std::to_string(one.seq));
            if (!stream.push(event)) co_return;
        }
        co_await gatehouse::sleep_for(kPause);
    }
}

void FeedLive::place(Reader& reader, std::int64_t seq) {
    reader.complete_to = seq;
    reader.is_placed = true;
    for (std::int64_t back = 0; back <= kOverlap; ++back) reader.sent.insert(seq - back);
}

std::vector<FeedLive::News> FeedLive::look(Reader& reader) {
    std::vector<feed::Arrival> arrivals;
    const std::int64_t last = database_.read([&](gatehouse::Transaction& tx) {
        const std::int64_t newest = feed::last_arrival(tx);
        arrivals.clear();
        if (!reader.is_placed) return newest;
        if (newest == reader.complete_to && reader.looks_back == 0) return newest;
        const std::int64_t after = std::max(reader.complete_to - kOverlap, newest - kScannedMax);
        arrivals = feed::arrived(tx, reader.user.id, after, kScannedMax + static_cast<int>(kOverlap));
        return newest;
    });
    if (!reader.is_placed || reader.complete_to > last) place(reader, last);  // nobody has seen what is to come
    std::erase_if(arrivals, [&](const feed::Arrival& arrival) { return reader.sent.contains(arrival.seq); });
    if (arrivals.size() > kShownAtOnce) {
        arrivals.erase(arrivals.begin(), arrivals.end() - static_cast<std::ptrdiff_t>(kShownAtOnce));
    }
    std::vector<std::int64_t> seqs, posts;
    for (const feed::Arrival& arrival : arrivals) {
        seqs.push_back(arrival.seq);
        posts.push_back(arrival.post_id);
    }
    auto news = shown(reader, seqs, std::move(posts));
    if (!news) return {};
    reader.looks_back = last > reader.complete_to ? kLooksBack : std::max(reader.looks_back - 1, 0);
    reader.complete_to = std::max(reader.complete_to, last);
    reader.sent.insert(seqs.begin(), seqs.end());
    reader.sent.erase(reader.sent.begin(), reader.sent.lower_bound(reader.complete_to - 2 * kOverlap));
    return *std::move(news);
}

std::optional<std::vector<FeedLive::News>> FeedLive::shown(const Reader& reader, std::vector<std::int64_t> seqs,
                                                           std::vector<std::int64_t> posts) {
    std::vector<News> news;
    if (posts.empty()) return news;
    auto question = ask_for_posts(posts);
    question.user = reader.user;
    std::vector<gatehouse::RawJson> items;
    try {
        items = context_.call("posts", question).raw_items("items");
    } catch (const gatehouse::CallFailed&) {
        return std::nullopt;
    }
    for (gatehouse::RawJson& item : items) {
        const auto place = std::find(posts.begin(), posts.end(), gatehouse::from_json<PostId>(item.text).id);
        if (place == posts.end()) continue;
        news.push_back({seqs[static_cast<std::size_t>(place - posts.begin())], std::move(item.text)});
    }
    return news;
}

}  // namespace subscriptions
