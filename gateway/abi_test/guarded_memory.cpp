#include "gateway/abi_test/guarded_memory.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace gatehouse::abi_test {

namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kPages = GuardedMemory::kRegionBytes / kPage;

// Read by the signal handler, hence plain globals.
struct Region {
    std::byte* begin = nullptr;
    const char** names = nullptr;          // of each page
    std::uint32_t* piece_pages = nullptr;  // at a piece's first page: how many it has, without the guard
    std::atomic<std::size_t> next{0};
    int descriptor = -1;
};
Region region;

void say(const char* text) {
    if (text == nullptr) return;
    [[maybe_unused]] const ssize_t written = ::write(region.descriptor, text, std::strlen(text));
}

[[noreturn]] void give_up(const char* text) {
    say("F");
    say(text);
    say("\n");
    ::_exit(1);
}

void on_fault(int signal, siginfo_t* info, void*) {
    const auto* const address = static_cast<const std::byte*>(info->si_addr);
    if (address >= region.begin && address < region.begin + GuardedMemory::kRegionBytes) {
        const char* const name = region.names[static_cast<std::size_t>(address - region.begin) / kPage];
        say("F");
        say(name != nullptr ? name : "reads far beyond what it was lent");
    } else {
        say("Fcrashes with ");
        say(signal == SIGBUS ? "SIGBUS" : "SIGSEGV");
    }
    say("\n");
    ::_exit(1);
}

template <class T>
T* map(std::size_t count, int protection) {
    void* const at = ::mmap(nullptr, count * sizeof(T), protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) std::abort();
    return static_cast<T*>(at);
}

}  // namespace

GuardedMemory::GuardedMemory(int descriptor) {
    region.descriptor = descriptor;
    region.begin = map<std::byte>(kRegionBytes, PROT_NONE);
    region.names = map<const char*>(kPages, PROT_READ | PROT_WRITE);
    region.piece_pages = map<std::uint32_t>(kPages, PROT_READ | PROT_WRITE);
    // A stack of its own: a plugin that overflows the thread's is reported too.
    static constexpr std::size_t kStackBytes = 64 * 1024;
    stack_t stack{};
    stack.ss_sp = map<std::byte>(kStackBytes, PROT_READ | PROT_WRITE);
    stack.ss_size = kStackBytes;
    ::sigaltstack(&stack, nullptr);
    struct sigaction action {};
    action.sa_sigaction = &on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigaction(SIGSEGV, &action, nullptr);
    ::sigaction(SIGBUS, &action, nullptr);
}

void* GuardedMemory::allocate(std::size_t size, const char* what) {
    const std::size_t rounded = (size + 7) & ~std::size_t{7};
    const std::size_t pages = (rounded + kPage - 1) / kPage + (rounded == 0 ? 1 : 0);
    const std::size_t first = region.next.fetch_add(pages + 1);
    if (first + pages + 1 > kPages) give_up("uses up the memory of this test: it makes calls without end");
    std::byte* const begin = region.begin + first * kPage;
    if (::mprotect(begin, pages * kPage, PROT_READ | PROT_WRITE) != 0) std::abort();
    region.piece_pages[first] = static_cast<std::uint32_t>(pages);
    region.names[first + pages] = what;
    return begin + pages * kPage - rounded;
}

void GuardedMemory::forbid(void* piece, const char* what) {
    const std::size_t first = static_cast<std::size_t>(static_cast<std::byte*>(piece) - region.begin) / kPage;
    const std::size_t pages = region.piece_pages[first];
    for (std::size_t page = first; page < first + pages; ++page) region.names[page] = what;
    std::byte* const begin = region.begin + first * kPage;
    ::madvise(begin, pages * kPage, MADV_DONTNEED);
    if (::mprotect(begin, pages * kPage, PROT_NONE) != 0) std::abort();
}

}  // namespace gatehouse::abi_test
