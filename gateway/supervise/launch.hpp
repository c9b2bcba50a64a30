#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/supervise/descriptor.hpp"

namespace gatehouse::supervise {

struct Launched {
    pid_t pid = -1;
    Descriptor process;  // a pidfd: readable once it has ended
    Descriptor control;  // our end of the socket pair, non-blocking
    Descriptor output;   // what it writes to standard output and standard error, non-blocking
};

// A listening Unix socket at that path, reachable by this user only.
Result<Descriptor> listen_at(const std::string& path);

// Starts a program with the listening socket and its end of the socket pair at the numbers that messages.hpp says, in a
// process group of its own, and with nothing else of ours but the environment. Nothing runs between fork and exec but
// the C library's posix_spawn, so that this is safe in a process with threads. The child must be reaped by the thread
// that started it, which has to outlive it: the child dies with that thread.
Result<Launched> launch(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                        const Descriptor& listening);

}  // namespace gatehouse::supervise
