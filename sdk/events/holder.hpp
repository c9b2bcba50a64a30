// Who has the right to relay, as a name that another process can judge.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::events {

// Unique. Tells machine (since its last boot), process-id namespace, process and its start.
[[nodiscard]] std::string make_holder();

// Whether the process behind that name has certainly ended: known only for processes of the same machine and namespace.
[[nodiscard]] bool is_gone(std::string_view holder);

}  // namespace gatehouse::events
