#include "gateway/host/alternate_stack.hpp"

#include <signal.h>
#include <sys/mman.h>

namespace gatehouse::host {

namespace {
constexpr std::size_t kGuardBytes = 4096;
constexpr std::size_t kStackBytes = 64 * 1024;  // the unwinder's own needs and the widest register state
}  // namespace

std::atomic<bool> AlternateStack::is_on_{false};

AlternateStack::AlternateStack() {
    if (!is_on_.load(std::memory_order_relaxed)) return;
    void* const memory = ::mmap(nullptr, kGuardBytes + kStackBytes, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED) return;
    ::mprotect(memory, kGuardBytes, PROT_NONE);
    stack_t stack{};
    stack.ss_sp = static_cast<char*>(memory) + kGuardBytes;
    stack.ss_size = kStackBytes;
    if (::sigaltstack(&stack, nullptr) == 0) {
        memory_ = memory;
    } else {
        ::munmap(memory, kGuardBytes + kStackBytes);
    }
}

AlternateStack::~AlternateStack() {
    if (memory_ == nullptr) return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    ::sigaltstack(&none, nullptr);
    ::munmap(memory_, kGuardBytes + kStackBytes);
}

}  // namespace gatehouse::host
