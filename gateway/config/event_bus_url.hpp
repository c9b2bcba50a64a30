#pragma once

#include <string_view>

#include "gateway/config/addresses.hpp"
#include "gateway/config/model.hpp"

namespace gatehouse::config {

// "embedded", "amqp://user@host:5672/vhost", "kafka://user@host:9092,host:9092"; amqps and kafkas: over TLS. No
// password: that is a secret of its own. Sets what the text says, and leaves the rest as it is by default.
AddressResult<Events> parse_event_bus(std::string_view text);

}  // namespace gatehouse::config
