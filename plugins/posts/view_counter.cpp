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
    bool is_failing = false;
    std::unique_lock lock(mutex_);
    for (bool is_last = false; !is_last;) {
        is_last = wake_.wait_for(lock, kPause, [this] { return stopping_; });
        Counts counts;
        std::swap(counts, counts_);
        lock.unlock();
        try {
            write(counts);
            is_failing = false;
        } catch (const std::exception& error) {
            if (!is_failing || is_last) {
                context_.log().warn(is_last ? "views were not counted" : "views wait to be counted",
                                    {{"posts", counts.size()}, {"error", error.what()}});
            }
            is_failing = true;
        }
        lock.lock();
        put_back(counts);
    }
}

void ViewCounter::put_back(const Counts& counts) {
    for (const auto& [post_id, count] : counts) {
        if (counts_.size() < kPostsWaitingMax || counts_.contains(post_id)) counts_[post_id] += count;
    }
}

void ViewCounter::write(Counts& counts) {
    while (!counts.empty()) {
        const auto first = counts.begin();
        auto next = first;
        for (int i = 0; i < kPostsPerWrite && next != counts.end(); ++i) ++next;
        database_.write([&](gatehouse::Transaction& tx) {
            for (auto count = first; count != next; ++count) {
                const auto viewed = repository::add_views(tx, count->first, count->second);
                if (viewed) events::post_viewed(tx, count->first, viewed->author_id, count->second, viewed->views);
            }
        });
        counts.erase(first, next);
    }
}

}  // namespace posts
