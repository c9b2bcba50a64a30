#include "gateway/base/block.hpp"

#include <array>
#include <new>

namespace gatehouse {

namespace {

constexpr std::array<std::size_t, 3> kSizes{Block::kSmall, Block::kMedium, Block::kLarge};
// What a thread keeps at most: 2 MiB, 2 MiB and 4 MiB.
constexpr std::array<std::size_t, 3> kKept{512, 128, 64};

// Index into kSizes; kSizes.size() for anything larger.
std::size_t class_of(std::size_t size) {
    std::size_t index = 0;
    while (index < kSizes.size() && size > kSizes[index]) ++index;
    return index;
}

class BlockCache final {
public:
    ~BlockCache() {
        for (List& list : lists_) {
            while (list.head != nullptr) ::operator delete(pop(list));
        }
    }
    char* take(std::size_t index) {
        List& list = lists_[index];
        return static_cast<char*>(list.head != nullptr ? pop(list) : ::operator new(kSizes[index]));
    }
    void give(char* data, std::size_t index) noexcept {
        List& list = lists_[index];
        if (list.count >= kKept[index]) {
            ::operator delete(data);
            return;
        }
        list.head = ::new (data) Node{list.head};
        ++list.count;
    }

private:
    struct Node {
        Node* next;
    };
    struct List {
        Node* head = nullptr;
        std::size_t count = 0;
    };
    static void* pop(List& list) {
        Node* node = list.head;
        list.head = node->next;
        --list.count;
        return node;
    }

    std::array<List, kSizes.size()> lists_;
};

#if defined(__SANITIZE_ADDRESS__)
// Recycling would hide a use of a dead block from the sanitizer.
char* take_block(std::size_t index) { return static_cast<char*>(::operator new(kSizes[index])); }
void give_block(char* data, std::size_t) noexcept { ::operator delete(data); }
#else
thread_local BlockCache cache;
char* take_block(std::size_t index) { return cache.take(index); }
void give_block(char* data, std::size_t index) noexcept { cache.give(data, index); }
#endif

}  // namespace

Block Block::allocate(std::size_t size_min) {
    const std::size_t index = class_of(size_min);
    if (index == kSizes.size()) return {static_cast<char*>(::operator new(size_min)), size_min};
    return {take_block(index), kSizes[index]};
}

void Block::release() noexcept {
    const std::size_t index = class_of(size_);
    if (index == kSizes.size()) {
        ::operator delete(data_);
    } else {
        give_block(data_, index);
    }
    data_ = nullptr;
}

}  // namespace gatehouse
