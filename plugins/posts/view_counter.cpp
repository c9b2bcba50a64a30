#include "plugins/posts/view_counter.hpp"

#include <exception>
#include <string>
#include <utility>

#include "plugins/posts/post_events.hpp"
#include "plugins/posts/post_repository.hpp"

namespace posts {

namespace {

constexpr std::chrono::milliseconds kPause{1'000};
constexpr int kPostsPerWrite = 200;

std::string mark_of(std::int64_t post_id, const Viewer& viewer, std::string_view from) {
    std::string mark = "view/" + std::to_string(post_id) + "/";
    return viewer.id != 0 ? mark + std::to_string(viewer.id) : mark.append("@").append(from.substr(0, 64));
}

}  // namespace

ViewCounter::ViewCounter(const gatehouse::Context& context, gatehouse::Database& database)
    : context_(context), database_(database) {}

ViewCounter::~ViewCounter() { stop(); }

void ViewCounter::start() {
    thread_ = std::thread([this] { run(); });
}

void ViewCounter::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

// A reader is never refused because a view could not be counted.
void ViewCounter::add(std::int64_t post_id, const Viewer& viewer, std::string_view from) {
    try {
        if (!context_.kv().set_if_absent(mark_of(post_id, viewer, from), "", kCountedAgainAfter)) return;
    } catch (const gatehouse::KvFailed&) {
        return;
    }
    const std::scoped_lock lock(mutex_);
    if (counts_.size() < kPostsWaitingMax || counts_.contains(post_id)) ++counts_[post_id];
}

std::int64_t ViewCounter::waiting(std::int64_t post_id) {
    const std::scoped_lock lock(mutex_);
    const auto found = counts_.find(post_id);
    return found == counts_.end() ? 0 : found->second;
}

void ViewCounter::run() {
    std::unique_lock lock(mutex_);
    for (bool is_last = false; !is_last;) {
        is_last = wake_.wait_for(lock, kPause, [this] { return stopping_; });
        Counts counts;
        std::swap(counts, counts_);
        lock.unlock();
        try {
            write(counts);
        } catch (const std::exception& error) {
            context_.log().warn("views were not counted", {{"posts", counts.size()}, {"error", error.what()}});
        }
        lock.lock();
    }
}

void ViewCounter::write(const Counts& counts) {
    for (auto next = counts.begin(); next != counts.end();) {
        const auto first = next;
        for (int i = 0; i < kPostsPerWrite && next != counts.end(); ++i) ++next;
        database_.write([&](gatehouse::Transaction& tx) {
            for (auto count = first; count != next; ++count) {
                const auto viewed = repository::add_views(tx, count->first, count->second);
                if (viewed) events::post_viewed(tx, count->first, viewed->author_id, count->second, viewed->views);
            }
        });
    }
}

}  // namespace posts
