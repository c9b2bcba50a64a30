#pragma once

#include <functional>

#include "gateway/base/time.hpp"

namespace gatehouse::host {

// Runs one step of a plugin's lifecycle on a thread that ends with it. A thread that lives on would keep the plugin
// mapped if its code left a thread-local object behind, and a step that hangs takes nobody with it. False: it is still
// running after that time, for ever perhaps; what `work` holds then stays alive.
bool run_step(Duration timeout, std::function<void()> work);

}  // namespace gatehouse::host
