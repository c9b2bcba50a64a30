#pragma once

#include <string>

#include "gateway/base/time.hpp"

namespace gatehouse::supervise {

// Asks GET /healthz over a Unix socket; true if it was answered with 200 within that time. Blocks.
bool is_healthy(const std::string& socket_path, Duration limit);

}  // namespace gatehouse::supervise
