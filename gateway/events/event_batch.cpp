#include "gateway/events/event_batch.hpp"

#include <charconv>

#include "gateway/events/cloud_event.hpp"

namespace gatehouse::events {

void append_to_batch(std::string& batch, const Event& event) {
    const std::string text = encode(event);
    batch.append(std::to_string(text.size())).push_back('\n');
    batch.append(text);
}

std::optional<std::vector<Event>> read_batch(std::string_view batch) {
    std::vector<Event> events;
    while (!batch.empty()) {
        std::size_t size = 0;
        const auto [end, error] = std::from_chars(batch.data(), batch.data() + batch.size(), size);
        const auto used = static_cast<std::size_t>(end - batch.data());
        if (error != std::errc() || used >= batch.size() || *end != '\n') return std::nullopt;
        batch.remove_prefix(used + 1);
        if (size > batch.size() || events.size() == kBatchMax) return std::nullopt;
        auto event = decode(batch.substr(0, size));
        if (!event) return std::nullopt;
        events.push_back(std::move(*event));
        batch.remove_prefix(size);
    }
    return events;
}

std::string write_statuses(std::span<const gh_status> statuses) {
    std::string text;
    for (const gh_status status : statuses) text.append(text.empty() ? "" : " ").append(std::to_string(status));
    return text;
}

bool read_statuses(std::string_view text, std::span<gh_status> statuses) {
    for (gh_status& status : statuses) {
        if (text.starts_with(' ')) text.remove_prefix(1);
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
        if (error != std::errc() || status > GH_OK) return false;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
    return text.empty();
}

}  // namespace gatehouse::events
