#pragma once

#include <functional>
#include <memory>

#include "gateway/config/model.hpp"
#include "gateway/events/bus.hpp"
#include "gateway/events/embedded_bus.hpp"
#include "gateway/observe/log.hpp"

namespace gatehouse::events {

// The bus that the configuration asks for. remote: for services of an embedded bus that run elsewhere; may be null.
std::unique_ptr<Bus> make_bus(const config::Events& events, Subscribers& subscribers,
                              std::unique_ptr<RemoteSubscribers> remote, observe::Logger& logger);

}  // namespace gatehouse::events
