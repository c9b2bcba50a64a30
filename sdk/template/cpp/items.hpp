// The handlers: HTTP in, HTTP out. They run on the service's own worker threads, several at once, and may block.
#pragma once

#include <gatehouse/page.hpp>
#include <gatehouse/service.hpp>

#include <cstdint>
#include <string_view>

#include "item.hpp"
#include "item_store.hpp"

namespace gatehouse_sample {

class Items final {
public:
    // cursor_key: signs page cursors; the same in every process of the service.
    Items(const gatehouse::Context& context, ItemStore& store, std::string_view cursor_key);

    gatehouse::Page<Item> list(const gatehouse::Query<gatehouse::PageQuery>& query);
    gatehouse::Created<Item> create(const ItemDraft& draft);
    gatehouse::Tagged<Item> show(gatehouse::PathParam<std::int64_t> id);
    gatehouse::Tagged<Item> change(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id,
                                   const ItemChange& change);
    gatehouse::NoContent remove(gatehouse::PathParam<std::int64_t> id);

private:
    const gatehouse::Context& context_;
    ItemStore& store_;
    const gatehouse::Cursors cursors_;
};

}  // namespace gatehouse_sample
