// Keeps items in memory: gone with the process, and each generation of the code starts empty. Good for a first try and
// for what can be made again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "item.hpp"

namespace gatehouse_sample {

// Thread-safe: handlers run on several workers.
class ItemStore final {
public:
    static constexpr std::size_t kItemsMax = 10'000;

    Item add(Item item);  // with its id; throws Conflict when full
    std::optional<Item> find(std::int64_t id);
    std::vector<Item> newest(std::int64_t before, int limit);
    // Calls `edit` with the item, then counts its version up. Empty: no such item. What `edit` throws changes nothing.
    std::optional<Item> change(std::int64_t id, const std::function<void(Item&)>& edit);
    bool remove(std::int64_t id);

private:
    std::mutex mutex_;
    std::map<std::int64_t, Item, std::greater<>> items_;  // newest first
    std::int64_t last_id_ = 0;
};

}  // namespace gatehouse_sample
