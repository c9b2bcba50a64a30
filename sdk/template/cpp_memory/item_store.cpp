#include "item_store.hpp"

#include <gatehouse/problem.hpp>

namespace gatehouse_sample {

Item ItemStore::add(Item item) {
    const std::scoped_lock lock(mutex_);
    if (items_.size() >= kItemsMax) throw gatehouse::Conflict("There is no room for more items.");
    item.id = ++last_id_;
    items_.emplace(item.id, item);
    return item;
}

std::optional<Item> ItemStore::find(std::int64_t id) {
    const std::scoped_lock lock(mutex_);
    const auto found = items_.find(id);
    return found == items_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<Item> ItemStore::newest(std::int64_t before, int limit) {
    const std::scoped_lock lock(mutex_);
    std::vector<Item> page;
    for (auto at = items_.upper_bound(before); at != items_.end() && limit > 0; ++at, --limit)
        page.push_back(at->second);
    return page;
}

std::optional<Item> ItemStore::change(std::int64_t id, const std::function<void(Item&)>& edit) {
    const std::scoped_lock lock(mutex_);
    const auto found = items_.find(id);
    if (found == items_.end()) return std::nullopt;
    Item changed = found->second;
    edit(changed);
    ++changed.version;
    found->second = changed;
    return changed;
}

bool ItemStore::remove(std::int64_t id) {
    const std::scoped_lock lock(mutex_);
    return items_.erase(id) == 1;
}

}  // namespace gatehouse_sample
