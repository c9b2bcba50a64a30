// SQL and nothing else; rows become items at once. The same on SQLite and PostgreSQL.
#pragma once

#include <gatehouse/storage.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "item.hpp"

namespace gatehouse_sample {

// Thread-safe; every call blocks until the database has answered.
class ItemStore final {
public:
    explicit ItemStore(gatehouse::Database& database) : database_(database) {}

    Item add(Item item);  // with its id
    std::optional<Item> find(std::int64_t id);
    std::vector<Item> newest(std::int64_t before, int limit);
    // Calls `edit` with the item, locked, then counts its version up: one transaction. Empty: no such item. What `edit`
    // throws rolls it back. It may run again after a conflict, so it must have no effect outside the item.
    std::optional<Item> change(std::int64_t id, const std::function<void(Item&)>& edit);
    bool remove(std::int64_t id);

private:
    gatehouse::Database& database_;
};

}  // namespace gatehouse_sample
