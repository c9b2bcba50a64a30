#include "sdk/events/event_row.hpp"

#include "sdk/service/views.hpp"

namespace gatehouse::events {

gh_event to_view(const OutboxRow& row) {
    gh_event view{};
    view.size = sizeof(view);
    view.id = detail::to_str(row.id);
    view.type = detail::to_str(row.type);
    view.subject = detail::to_str(row.subject);
    view.time = detail::to_str(row.time);
    view.data = detail::to_str(row.data);
    view.trace_parent = detail::to_str(row.trace_parent);
    view.sequence = static_cast<std::uint64_t>(row.sequence);
    return view;
}

Event to_event(const gh_event& view) {
    Event event;
    event.id = detail::to_view(view.id);
    event.source = detail::to_view(view.source);
    event.type = detail::to_view(view.type);
    event.subject = detail::to_view(view.subject);
    event.time = parse_rfc3339(detail::to_view(view.time)).value_or(Time{});
    event.data = detail::to_view(view.data);
    event.trace_parent = detail::to_view(view.trace_parent);
    event.sequence = view.sequence;
    return event;
}

Event to_event(const Row& row) {
    Event event;
    event.source = row.get<std::string>(0);
    event.id = row.get<std::string>(1);
    event.type = row.get<std::string>(2);
    event.subject = row.get<std::string>(3);
    event.sequence = row.get<std::uint64_t>(4);
    event.time = parse_rfc3339(row.get<std::string_view>(5)).value_or(Time{});
    event.data = row.get<std::string>(6);
    event.trace_parent = row.get<std::string>(7);
    event.attempt = row.get<int>(8) + 1;
    return event;
}

}  // namespace gatehouse::events
