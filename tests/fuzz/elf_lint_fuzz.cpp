// Any file at all is linted without a crash and in bounded time; a refusal has a reason, and what is accepted says who
// it is.
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "gateway/host/elf_lint.hpp"

namespace {

// The lint reads a file: this one is in memory.
int memory_file(const std::uint8_t* data, std::size_t size) {
    const int descriptor = ::memfd_create("plugin", MFD_CLOEXEC);
    if (descriptor < 0) std::abort();
    for (std::size_t done = 0; done < size;) {
        const ssize_t written = ::write(descriptor, data + done, size - done);
        if (written <= 0) std::abort();
        done += static_cast<std::size_t>(written);
    }
    return descriptor;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto begin = std::chrono::steady_clock::now();
    const int descriptor = memory_file(data, size);
    const auto file = gatehouse::host::lint_plugin("/proc/self/fd/" + std::to_string(descriptor));
    ::close(descriptor);
    if (file ? file->id.empty() || file->abi_major != 1 : file.error().message.empty()) std::abort();
    if (std::chrono::steady_clock::now() - begin > std::chrono::seconds(10)) std::abort();
    return 0;
}
