#include "plugins/notify/notification_handlers.hpp"

#include <gatehouse/literals.hpp>

#include <algorithm>
#include <charconv>
#include <set>

namespace notify {

using namespace std::chrono_literals;
using namespace gatehouse::literals;

namespace {

constexpr auto kTurn = 500ms;
constexpr std::size_t kSeenMax = 10'000;

std::string tag_of(const Settings& settings) { return gatehouse::etag_of(gatehouse::to_json(settings)); }

std::int64_t to_id(std::string_view text) {
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    return error == std::errc() && end == text.data() + text.size() && id > 0 ? id : 0;
}

}  // namespace

void NotificationHandlers::declare(gatehouse::Context& context) {
    using Self = NotificationHandlers;
    context.get("/api/notifications", *this, &Self::list)
        .requires_user()
        .summary("One's own notifications, newest first");
    context.post("/api/notifications/read", *this, &Self::mark_read)
        .requires_user()
        .max_body(16_KiB)
        .summary("Mark notifications as read");
    context.get("/api/notifications/live", *this, &Self::live)
        .requires_user()
        .on_loop()
        .summary("One's own notifications as server-sent events")
        .reads_field("Last-Event-ID", "the id of the last event seen; what has come since then is sent first")
        .gives(200, "text/event-stream");
    context.get("/api/notifications/settings", *this, &Self::settings)
        .requires_user()
        .summary("What one wants to be told, and where");
    context.put("/api/notifications/settings", *this, &Self::change)
        .requires_user()
        .max_body(16_KiB)
        .checks_match()
        .summary("Change what one wants to be told");
}

NotificationPage NotificationHandlers::list(const User& user, gatehouse::Query<NotificationQuery> query) {
    return service_.list(user, query);
}

Unread NotificationHandlers::mark_read(const User& user, const MarkRead& mark) {
    return service_.mark_read(user, mark);
}

gatehouse::Tagged<Settings> NotificationHandlers::settings(const User& user) {
    Settings settings = service_.settings(user);
    std::string tag = tag_of(settings);
    return {settings, std::move(tag)};
}

gatehouse::Tagged<Settings> NotificationHandlers::change(const gatehouse::Request& request, const User& user,
                                                         const Settings& settings) {
    Settings changed =
        service_.change(user, settings, [&](const Settings& before) { request.check_match(tag_of(before)); });
    std::string tag = tag_of(changed);
    return {changed, std::move(tag)};
}

gatehouse::task<> NotificationHandlers::live(gatehouse::StreamingRequest request) {
    const std::int64_t user_id = request.request().user().id;
    LiveStreams::Listener listener(live_, user_id);
    gatehouse::EventStream stream = streams_.open(std::move(request));

    // What is there already was seen: all of it, or what came before the id that the client names.
    std::int64_t above = to_id(stream.last_event_id());
    const bool is_new = above == 0;
    auto begin = [&] {
        if (is_new) above = service_.newest(user_id);
        return service_.fresh(user_id, above);
    };
    const std::vector<NotificationView> present = co_await gatehouse::offload(begin);
    std::set<std::int64_t> seen;
    for (const NotificationView& one : present) {
        if (is_new || one.id <= above) seen.insert(one.id);
    }
    for (auto turns = lifetime_ / kTurn; turns > 0; --turns) {
        co_await gatehouse::sleep_for(kTurn);
        if (!listener.should_look()) continue;
        auto look = [&] { return service_.fresh(user_id, above); };
        const std::vector<NotificationView> found = co_await gatehouse::offload(look);
        for (const NotificationView& one : found) {
            if (!seen.insert(one.id).second) continue;
            above = std::max(above, one.id);
            const gatehouse::ServerEvent event =
                gatehouse::ServerEvent(gatehouse::to_json(one)).type("notification").id(std::to_string(one.id));
            co_await stream.send(event);
        }
        while (seen.size() > kSeenMax) seen.erase(seen.begin());
    }
}

}  // namespace notify
