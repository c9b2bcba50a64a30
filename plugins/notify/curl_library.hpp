// libcurl as a whole.
#pragma once

namespace notify {

// Before the first handle is made; does its work once. libcurl and what it stands on set themselves up for a process,
// so they stay in it when this plugin is unloaded. Throws std::runtime_error. Thread-safe.
void prepare_curl();

}  // namespace notify
