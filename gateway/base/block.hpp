#pragma once

#include <cstddef>
#include <utility>

namespace gatehouse {

// Raw memory for a connection's buffer. Blocks come in three sizes (4, 16 and 64 KiB; larger ones are made to measure)
// from a bounded free list per thread, so that connections that come and go cost no heap allocation.
class Block final {
public:
    static constexpr std::size_t kSmall = 4 * 1024;
    static constexpr std::size_t kMedium = 16 * 1024;
    static constexpr std::size_t kLarge = 64 * 1024;

    Block() = default;
    // A block of at least that many octets.
    static Block allocate(std::size_t size_min);
    Block(Block&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, std::size_t{0})) {}
    Block& operator=(Block&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~Block() {
        if (data_ != nullptr) release();
    }

    char* data() const { return data_; }
    std::size_t size() const { return size_; }
    explicit operator bool() const { return data_ != nullptr; }

private:
    Block(char* data, std::size_t size) : data_(data), size_(size) {}
    void release() noexcept;

    char* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace gatehouse
