#include "item_store.hpp"

#include <string>

namespace gatehouse_sample {

using gatehouse::Transaction;

namespace {

constexpr char kInsert[] =
    "insert into items (title, text, created_at, updated_at) values ($1, $2, $3, $3) returning id";
constexpr char kFind[] = "select id, title, text, created_at, updated_at, version from items where id = $1";
constexpr char kLock[] = "select id, title, text, created_at, updated_at, version from items where id = $1 for update";
constexpr char kNewest[] =
    "select id, title, text, created_at, updated_at, version from items where id < $1 order by id desc limit $2";
constexpr char kUpdate[] =
    "update items set title = $2, text = $3, updated_at = $4, version = version + 1 where id = $1";
constexpr char kRemove[] = "delete from items where id = $1";

Item to_item(const gatehouse::Row& row) {
    Item item;
    item.id = row.get<std::int64_t>("id");
    item.title = row.get<std::string>("title");
    item.text = row.get<std::string>("text");
    item.created_at = gatehouse::from_unix_ms(row.get<std::int64_t>("created_at"));
    item.updated_at = gatehouse::from_unix_ms(row.get<std::int64_t>("updated_at"));
    item.version = row.get<std::int64_t>("version");
    return item;
}

// SQLite has one writer at a time, and no such clause.
std::optional<Item> lock(Transaction& tx, std::int64_t id) {
    return tx.query(tx.engine() == gatehouse::Engine::postgresql ? kLock : kFind, id).maybe<Item>(to_item);
}

}  // namespace

Item ItemStore::add(Item item) {
    item.id = database_.write([&](Transaction& tx) {
        return tx.query(kInsert, item.title, item.text, gatehouse::to_unix_ms(item.created_at)).one<std::int64_t>();
    });
    return item;
}

std::optional<Item> ItemStore::find(std::int64_t id) {
    return database_.read([&](Transaction& tx) { return tx.query(kFind, id).maybe<Item>(to_item); });
}

std::vector<Item> ItemStore::newest(std::int64_t before, int limit) {
    return database_.read([&](Transaction& tx) { return tx.query(kNewest, before, limit).all<Item>(to_item); });
}

std::optional<Item> ItemStore::change(std::int64_t id, const std::function<void(Item&)>& edit) {
    return database_.write([&](Transaction& tx) {
        auto item = lock(tx, id);
        if (!item) return item;
        edit(*item);
        tx.execute(kUpdate, id, item->title, item->text, gatehouse::to_unix_ms(item->updated_at));
        ++item->version;
        return item;
    });
}

bool ItemStore::remove(std::int64_t id) {
    return database_.write([&](Transaction& tx) { return tx.execute(kRemove, id); }) == 1;
}

}  // namespace gatehouse_sample
