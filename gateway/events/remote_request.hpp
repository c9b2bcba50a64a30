#pragma once

#include <string>
#include <string_view>

#include "gateway/base/time.hpp"
#include "gateway/host/plugin_host.hpp"

namespace gatehouse::events {

inline constexpr std::string_view kEventsPath = "/gatehouse/events";
inline constexpr std::string_view kSubscriptionsPath = "/gatehouse/subscriptions";

struct RemoteAnswer {
    gh_status status = GH_E_UNAVAILABLE;  // anything but GH_OK: there was no answer
    int code = 0;
    std::string body;
};

// One request of the bus's own to another process; blocks.  [any but loops]
RemoteAnswer ask(host::RemoteCaller& caller, std::string_view service, std::string_view calling_service,
                 std::string_view method, std::string_view path, std::string_view body, TimePoint deadline);

}  // namespace gatehouse::events
