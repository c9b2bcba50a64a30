#include "gateway/events/publish_window.hpp"

#include <algorithm>

#include "gateway/events/cloud_event.hpp"

namespace gatehouse::events {

// Shared with its items on their way, which may outlive the call that made it.
struct PublishWindow::Batch {
    std::vector<gh_status> results;
    std::set<std::string> failed_keys;
    std::size_t open = 0;  // items without a result
    bool is_abandoned = false;
};

void PublishWindow::publish(std::span<const Event> events, TimePoint deadline, std::span<gh_status> results) {
    const auto batch = std::make_shared<Batch>();
    batch->results.assign(events.size(), GH_E_TIMEOUT);
    batch->open = events.size();
    std::vector<std::unique_ptr<Item>> items;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Event& event = events[i];
        items.push_back(
            std::make_unique<Item>(Item{batch,
                                        i,
                                        order_key(event),
                                        event.type,
                                        event.source + '/' + (event.subject.empty() ? event.id : event.subject),
                                        encode(event),
                                        {}}));
    }
    std::unique_lock lock(mutex_);
    const auto has_room = [&] { return is_closed_ || waiting_.size() + items.size() <= kWaitingMax; };
    if (!changed_.wait_until(lock, deadline, has_room) || is_closed_) {
        std::fill(results.begin(), results.end(), is_closed_ ? GH_E_CLOSED : GH_E_LIMIT);
        return;
    }
    for (auto& item : items) waiting_.push_back(std::move(item));
    lock.unlock();
    wake_();
    lock.lock();
    changed_.wait_until(lock, deadline, [&] { return batch->open == 0; });
    if (batch->open != 0) abandon(*batch);
    std::copy(batch->results.begin(), batch->results.end(), results.begin());
}

// What was not sent will not be; what is on its way keeps its subject busy until the broker has answered.
void PublishWindow::abandon(Batch& batch) {
    batch.is_abandoned = true;
    std::erase_if(waiting_, [&](const auto& item) { return item->batch.get() == &batch; });
    changed_.notify_all();
}

std::unique_ptr<PublishWindow::Item> PublishWindow::take() {
    std::scoped_lock lock(mutex_);
    if (on_their_way_ >= kOnTheirWayMax) return nullptr;
    for (auto each = waiting_.begin(); each != waiting_.end();) {
        Item& item = **each;
        Batch& batch = *item.batch;
        if (!item.key.empty() && batch.failed_keys.contains(item.key)) {
            batch.results[item.index] = GH_E_STATE;
            --batch.open;
            each = waiting_.erase(each);
            changed_.notify_all();
            continue;
        }
        if (!item.key.empty() && busy_keys_.contains(item.key)) {
            ++each;
            continue;
        }
        if (!item.key.empty()) busy_keys_.insert(item.key);
        ++on_their_way_;
        auto taken = std::move(*each);
        waiting_.erase(each);
        return taken;
    }
    return nullptr;
}

void PublishWindow::finish(std::unique_ptr<Item> item, gh_status status) {
    std::scoped_lock lock(mutex_);
    busy_keys_.erase(item->key);
    --on_their_way_;
    Batch& batch = *item->batch;
    if (!batch.is_abandoned) {
        batch.results[item->index] = status;
        --batch.open;
        if (status != GH_OK) batch.failed_keys.insert(item->key);
    }
    changed_.notify_all();
}

std::size_t PublishWindow::waiting() const {
    std::scoped_lock lock(mutex_);
    return waiting_.size();
}

void PublishWindow::close() {
    {
        std::scoped_lock lock(mutex_);
        is_closed_ = true;
        for (const auto& item : waiting_) {
            item->batch->results[item->index] = GH_E_CLOSED;
            --item->batch->open;
        }
        waiting_.clear();
    }
    changed_.notify_all();
}

}  // namespace gatehouse::events
