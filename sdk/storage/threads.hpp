// Starting a background thread inside someone else's process.
#pragma once

#include <functional>
#include <string>
#include <thread>

namespace gatehouse::storage {

// The thread bears `name` (15 characters are visible) and leaves all signals to the program's own threads.
std::thread start_thread(const std::string& name, std::function<void()> body);

}  // namespace gatehouse::storage
