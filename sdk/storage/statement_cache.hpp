// Prepared statements of one connection by their SQL text; the least recently used one makes room for a new one.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace gatehouse::storage {

// Not thread-safe. Pointers stay good until the entry is dropped, by add() or clear().
template <class Statement>
class StatementCache {
public:
    // REQUIRES: capacity > 0.
    explicit StatementCache(std::size_t capacity) : capacity_(capacity) {}

    Statement* find(std::string_view sql) {
        const auto found = by_sql_.find(sql);
        if (found == by_sql_.end()) return nullptr;
        recent_.splice(recent_.begin(), recent_, found->second);
        return &found->second->statement;
    }

    // `dropped` is given the statement that had to go, if one had to.
    template <class Dropped>
    Statement& add(std::string_view sql, Statement statement, Dropped dropped) {
        if (recent_.size() >= capacity_) {
            by_sql_.erase(recent_.back().sql);
            dropped(recent_.back().statement);
            recent_.pop_back();
        }
        recent_.push_front({std::string(sql), std::move(statement)});
        by_sql_.emplace(recent_.front().sql, recent_.begin());
        return recent_.front().statement;
    }

    void erase(std::string_view sql) {
        const auto found = by_sql_.find(sql);
        if (found == by_sql_.end()) return;
        const auto entry = found->second;
        by_sql_.erase(found);  // before the text that it refers to
        recent_.erase(entry);
    }

    void clear() {
        by_sql_.clear();
        recent_.clear();
    }

    std::size_t size() const noexcept { return recent_.size(); }

private:
    struct Entry {
        std::string sql;
        Statement statement;
    };

    std::size_t capacity_;
    std::list<Entry> recent_;
    std::unordered_map<std::string_view, typename std::list<Entry>::iterator> by_sql_;
};

}  // namespace gatehouse::storage
