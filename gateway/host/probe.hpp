#pragma once

#include <memory>
#include <string>

#include "gateway/host/generation.hpp"

namespace gatehouse::host {

// GET of a path of the plugin's own through its own handler, as the gateway's own request. Empty, or why the answer is
// not a success (2xx or 3xx) before the deadline.  REQUIRES: not on a loop; runs code of the plugin on this thread.
std::string probe(const std::shared_ptr<Generation>& generation, const std::string& path, IoLoop& loop,
                  TimePoint deadline);

}  // namespace gatehouse::host
