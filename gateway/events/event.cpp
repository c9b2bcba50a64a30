#include "gateway/events/event.hpp"

#include <algorithm>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>

namespace gatehouse::events {

namespace {

std::string text_of(gh_str text) { return text.len == 0 ? std::string() : std::string(text.ptr, text.len); }
gh_str view_of(const std::string& text) { return {text.data(), text.size()}; }

bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c < 0x7f; });
}

// Any text but control characters: it goes into headers, logs and keys.
bool is_plain(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// 2026-01-31T23:59:59Z, with or without a fraction: RFC 3339 in UTC. The calendar is not checked.
bool is_utc_time(std::string_view text) {
    constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";
    if (text.size() <= kShape.size() || text.size() > kTimeBytesMax || text.back() != 'Z') return false;
    for (std::size_t i = 0; i < kShape.size(); ++i) {
        if (kShape[i] == 'd' ? !is_digit(text[i]) : text[i] != kShape[i]) return false;
    }
    std::string_view fraction = text.substr(kShape.size(), text.size() - kShape.size() - 1);
    if (fraction.empty()) return true;
    if (fraction.front() != '.' || fraction.size() < 2) return false;
    fraction.remove_prefix(1);
    return std::all_of(fraction.begin(), fraction.end(), is_digit);
}

}  // namespace

Event to_event(const gh_event& event) {
    return {text_of(event.id),   text_of(event.source), text_of(event.type),         text_of(event.subject),
            text_of(event.time), text_of(event.data),   text_of(event.trace_parent), event.sequence};
}

gh_event to_view(const Event& event) {
    gh_event view{};
    view.size = sizeof(view);
    view.id = view_of(event.id);
    view.source = view_of(event.source);
    view.type = view_of(event.type);
    view.subject = view_of(event.subject);
    view.time = view_of(event.time);
    view.data = view_of(event.data);
    view.trace_parent = view_of(event.trace_parent);
    view.sequence = event.sequence;
    return view;
}

std::string_view fault_of(const Event& event) {
    if (event.id.empty() || event.id.size() > kIdBytesMax || !is_printable(event.id)) return "bad id";
    if (event.source.empty() || event.source.size() > kSourceBytesMax || !is_printable(event.source))
        return "bad source";
    if (!is_event_type(event.type)) return "bad type";
    if (event.subject.size() > kSubjectBytesMax || !is_plain(event.subject)) return "bad subject";
    if (!is_utc_time(event.time)) return "bad time";
    if (event.data.size() > kDataBytesMax) return "too much data";
    if (event.trace_parent.size() > kTraceBytesMax || !is_printable(event.trace_parent)) return "bad trace_parent";
    return {};
}

bool is_event_type(std::string_view text) {
    return !text.empty() && text.size() <= kTypeBytesMax && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_' || c == '-' || c == '.';
    });
}

bool is_json(std::string_view text) {
    boost::json::monotonic_resource memory;
    boost::json::error_code error;
    boost::json::parse(text, error, &memory);
    return !error;
}

std::string order_key(const Event& event) {
    return event.subject.empty() ? std::string() : event.source + '\n' + event.subject;
}

}  // namespace gatehouse::events
