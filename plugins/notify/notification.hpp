// The shapes in which notifications and settings go in and out.
#pragma once

#include <gatehouse/describe.hpp>
#include <gatehouse/page.hpp>
#include <gatehouse/time.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugins/notify/kind.hpp"

namespace notify {

struct NotificationView {
    std::int64_t id = 0;
    Kind kind{};
    std::string text;                         // one line, in the user's language
    std::map<std::string, std::string> data;  // what it is about: follower_id, order, status
    gatehouse::Time created_at{};
    bool read = false;
};
constexpr auto describe(NotificationView*) {
    using gatehouse::field;
    return gatehouse::fields(field("id", &NotificationView::id), field("kind", &NotificationView::kind),
                             field("text", &NotificationView::text), field("data", &NotificationView::data),
                             field("created_at", &NotificationView::created_at),
                             field("read", &NotificationView::read));
}

struct NotificationQuery : gatehouse::PageQuery {
    bool unread = false;
};
constexpr auto describe(NotificationQuery*) {
    return gatehouse::fields(gatehouse::limit_field(), gatehouse::cursor_field(),
                             gatehouse::field("unread", &NotificationQuery::unread, gatehouse::optional_default,
                                              gatehouse::description("only those that were not read")));
}

struct NotificationPage {
    std::vector<NotificationView> items;
    std::optional<std::string> next_cursor;
    std::int64_t unread = 0;  // in all
};
constexpr auto describe(NotificationPage*) {
    using gatehouse::field;
    return gatehouse::fields(field("items", &NotificationPage::items),
                             field("next_cursor", &NotificationPage::next_cursor),
                             field("unread", &NotificationPage::unread));
}

// One of the three.
struct MarkRead {
    std::vector<std::int64_t> ids;
    std::optional<std::int64_t> up_to;
    bool all = false;
};
constexpr auto describe(MarkRead*) {
    using namespace gatehouse;
    return fields(field("ids", &MarkRead::ids, optional_default, max_items(100)),
                  field("up_to", &MarkRead::up_to, description("this one and all before it")),
                  field("all", &MarkRead::all, optional_default))
        .check([](const MarkRead& mark, FieldErrors& errors) {
            if (!mark.ids.empty() + mark.up_to.has_value() + mark.all != 1) errors.add("", "name ids, up_to or all");
        });
}
struct Unread {
    std::int64_t unread = 0;
};
constexpr auto describe(Unread*) { return gatehouse::fields(gatehouse::field("unread", &Unread::unread)); }

// What about the account itself is always sent.
struct Choices {
    bool new_follower = true, order_status = true;
};
constexpr auto describe(Choices*) {
    using gatehouse::field;
    using gatehouse::optional_default;
    return gatehouse::fields(field("new_follower", &Choices::new_follower, optional_default),
                             field("order_status", &Choices::order_status, optional_default));
}
struct Settings {
    std::optional<Language> language;  // absent: the site's
    Choices mail, in_app;
};
constexpr auto describe(Settings*) {
    using gatehouse::field;
    using gatehouse::optional_default;
    return gatehouse::fields(field("language", &Settings::language), field("mail", &Settings::mail, optional_default),
                             field("in_app", &Settings::in_app, optional_default));
}

}  // namespace notify
