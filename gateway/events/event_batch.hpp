#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/events/event.hpp"

// Several events in one body between processes of one gateway, each as "<octets>\n<CloudEvent>", and the statuses that
// come back: "0 0 -6".
namespace gatehouse::events {

void append_to_batch(std::string& batch, const Event& event);
// Empty: malformed, or more than kBatchMax.
std::optional<std::vector<Event>> read_batch(std::string_view batch);

std::string write_statuses(std::span<const gh_status> statuses);
// False: not as many statuses as there is room for.
bool read_statuses(std::string_view text, std::span<gh_status> statuses);

}  // namespace gatehouse::events
