// An item, and the shapes in which it goes in and out. A description is parser, check, JSON and schema in one.
#pragma once

#include <gatehouse/service.hpp>

#include <cstdint>
#include <string>

namespace gatehouse_sample {

inline constexpr std::size_t kTitleLengthMax = 200, kTextLengthMax = 10'000;

struct Item {
    std::int64_t id = 0;
    std::string title, text;
    gatehouse::Time created_at{}, updated_at{};
    std::int64_t version = 1;  // goes out as the ETag
};
constexpr auto describe(Item*) {
    using namespace gatehouse;
    return fields(field("id", &Item::id), field("title", &Item::title), field("text", &Item::text),
                  field("created_at", &Item::created_at), field("updated_at", &Item::updated_at));
}

// What POST takes.
struct ItemDraft {
    std::string title, text;
};
constexpr auto describe(ItemDraft*) {
    using namespace gatehouse;
    return fields(field("title", &ItemDraft::title, min_length(1), max_length(kTitleLengthMax)),
                  field("text", &ItemDraft::text, optional_default, max_length(kTextLengthMax)));
}

// What PATCH takes: absent = unchanged.
struct ItemChange {
    gatehouse::Patch<std::string> title, text;

    void apply_to(Item& item) const;
};
constexpr auto describe(ItemChange*) {
    using namespace gatehouse;
    return fields(field("title", &ItemChange::title, not_null, min_length(1), max_length(kTitleLengthMax)),
                  field("text", &ItemChange::text, not_null, max_length(kTextLengthMax)));
}

}  // namespace gatehouse_sample
