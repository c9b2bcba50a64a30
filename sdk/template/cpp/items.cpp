#include "items.hpp"

#include <limits>
#include <string>
#include <tuple>
#include <utility>

namespace gatehouse_sample {

using namespace gatehouse;

namespace {

constexpr std::string_view kNewest = "gatehouse_sample.newest";

Tagged<Item> tagged(Item item) {
    std::string tag = etag(item.version);
    return {std::move(item), std::move(tag)};
}

}  // namespace

void ItemChange::apply_to(Item& item) const {
    title.apply_to(item.title);
    text.apply_to(item.text);
}

Items::Items(const Context& context, ItemStore& store, std::string_view cursor_key)
    : context_(context), store_(store), cursors_(cursor_key) {}

Page<Item> Items::list(const Query<PageQuery>& query) {
    const auto before = cursors_.open<std::int64_t>(query->cursor, kNewest)
                            .value_or(std::tuple(std::numeric_limits<std::int64_t>::max()));
    auto items = store_.newest(std::get<0>(before), query->limit + 1);
    return make_page(std::move(items), query->limit, [&](const Item& last) { return cursors_.seal(kNewest, last.id); });
}

Created<Item> Items::create(const ItemDraft& draft) {
    Item item;
    item.title = draft.title;
    item.text = draft.text;
    item.created_at = item.updated_at = context_.wall_time();
    item = store_.add(item);
    return Created{item, "/api/gatehouse_sample/{}", item.id};
}

Tagged<Item> Items::show(PathParam<std::int64_t> id) {
    auto item = store_.find(*id);
    if (!item) throw NotFound("There is no such item.");
    return tagged(*std::move(item));
}

// If-Match, when it is sent, must name the version that is about to be changed: two people do not overwrite each other.
Tagged<Item> Items::change(const Request& request, PathParam<std::int64_t> id, const ItemChange& change) {
    auto changed = store_.change(*id, [&](Item& item) {
        request.check_match(etag(item.version));
        change.apply_to(item);
        item.updated_at = context_.wall_time();
    });
    if (!changed) throw NotFound("There is no such item.");
    return tagged(*std::move(changed));
}

NoContent Items::remove(PathParam<std::int64_t> id) {
    if (!store_.remove(*id)) throw NotFound("There is no such item.");
    return {};
}

}  // namespace gatehouse_sample
