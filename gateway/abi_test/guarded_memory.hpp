#pragma once

#include <cstddef>

namespace gatehouse::abi_test {

// Memory for what a plugin is lent: views, tables, configuration. Each piece ends at a page that cannot be read, and
// can be made unreadable altogether when the loan ends. A plugin that reads it afterwards ends the process, and the
// report says what it read.
class GuardedMemory final {
public:
    // Installs the handler for SIGSEGV and SIGBUS. descriptor: the pipe to the parent process.
    explicit GuardedMemory(int descriptor);
    GuardedMemory(const GuardedMemory&) = delete;
    GuardedMemory& operator=(const GuardedMemory&) = delete;

    // A zeroed piece, 8-aligned. what: static; names the fault of whoever reads past its end.
    void* allocate(std::size_t size, const char* what);
    // From here on any access is a fault, named by `what` (static).
    void forbid(void* piece, const char* what);
    // Gives it back for good: addresses are never used again, so that a late read is always seen.
    static constexpr std::size_t kRegionBytes = std::size_t{4} << 30;
};

}  // namespace gatehouse::abi_test
