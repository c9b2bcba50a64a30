#include "gateway/abi_test/chunk.hpp"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace gatehouse::abi_test {

namespace {

struct Chunk {
    Instance* instance;
    std::string content;
    void* guarded = nullptr;
    std::atomic<bool> is_released{false};
};

// A released chunk stays as a tombstone, so that a second release is told and is no crash. They are never freed: their
// memory comes straight from the system, where no rule about leaks counts it.
void* tombstone_memory() {
    static constexpr std::size_t kBytes = std::size_t{1} << 30;
    static auto* const begin = static_cast<std::byte*>(
        ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    static std::atomic<std::size_t> next{0};
    const std::size_t at = next.fetch_add(sizeof(Chunk));
    if (begin == MAP_FAILED || at + sizeof(Chunk) > kBytes) std::abort();
    return begin + at;
}

void release(void* owner) {
    auto* const chunk = static_cast<Chunk*>(owner);
    if (chunk->is_released.exchange(true)) return chunk->instance->violate(rule::kBytes, "releases a gh_bytes twice");
    if (chunk->guarded != nullptr) {
        chunk->instance->world().memory().forbid(chunk->guarded, "reads a gh_bytes after it has released it");
    }
    std::string().swap(chunk->content);
    chunk->instance->chunks_out.fetch_sub(1);
}

}  // namespace

gh_bytes lend_chunk(Instance& instance, std::string content) {
    auto* const chunk = new (tombstone_memory()) Chunk{&instance, std::move(content)};
    instance.chunks_out.fetch_add(1);
    const std::size_t size = chunk->content.size();
    const char* at = chunk->content.data();
    if (instance.manner().forbids_views) {
        chunk->guarded = instance.world().memory().allocate(size, "reads beyond the end of a gh_bytes");
        auto* const begin = static_cast<char*>(chunk->guarded) + (8 - size % 8) % 8;
        std::memcpy(begin, at, size);
        at = begin;
    }
    return {reinterpret_cast<const std::uint8_t*>(at), size, &release, chunk};
}

}  // namespace gatehouse::abi_test
