#include "gateway/base/input_buffer.hpp"

#include <cassert>
#include <cstring>

namespace gatehouse {

std::span<char> InputBuffer::prepare(std::size_t room_min) {
    if (empty() && !is_pinned_) {
        begin_ = end_ = 0;
        if (block_.size() > Block::kMedium && room_min <= Block::kSmall) block_ = Block();  // quiet again
    }
    if (block_.size() - end_ < room_min) {
        const std::size_t unread_size = end_ - begin_;
        if (!is_pinned_ && block_.size() - unread_size >= room_min) {
            if (unread_size > 0) std::memmove(block_.data(), block_.data() + begin_, unread_size);
            begin_ = 0;
            end_ = unread_size;
        } else {
            move_to_new_block(room_min);
        }
    }
    return {block_.data() + end_, block_.size() - end_};
}

void InputBuffer::move_to_new_block(std::size_t room_min) {
    const std::size_t unread_size = end_ - begin_;
    Block larger = Block::allocate(unread_size + room_min);
    if (unread_size > 0) std::memcpy(larger.data(), block_.data() + begin_, unread_size);
    if (is_pinned_) pinned_block_ = std::move(block_);
    is_pinned_ = false;
    block_ = std::move(larger);
    begin_ = 0;
    end_ = unread_size;
}

std::span<char> InputBuffer::pin(std::size_t count) {
    assert(!is_pinned_ && !pinned_block_ && count <= end_ - begin_);
    const std::span<char> head = unread().first(count);
    begin_ += count;
    is_pinned_ = true;
    return head;
}

void InputBuffer::unpin() {
    is_pinned_ = false;
    pinned_block_ = Block();
}

}  // namespace gatehouse
