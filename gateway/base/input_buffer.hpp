#pragma once

#include <cstddef>
#include <span>

#include "gateway/base/block.hpp"

namespace gatehouse {

// What was received and not yet used up, contiguous.
//
//   block:  | used up | pinned head | used up | unread | room |
//
// pin() turns the first unread octets into the pinned head: views of it stay valid until unpin(), however much more is
// received, since a block that is full is put aside, not moved. Unread octets may move in prepare().
class InputBuffer final {
public:
    std::span<char> unread() const { return {block_.data() + begin_, end_ - begin_}; }
    bool empty() const { return begin_ == end_; }
    void consume(std::size_t count) { begin_ += count; }

    // Room for at least that many octets behind the unread ones. Everything given by unread() before is void.
    // REQUIRES: no room given out earlier is still being filled.
    std::span<char> prepare(std::size_t room_min);
    // So many octets were put into the room.
    void commit(std::size_t count) { end_ += count; }

    // REQUIRES: nothing is pinned.
    std::span<char> pin(std::size_t count);
    void unpin();

private:
    void move_to_new_block(std::size_t room_min);

    Block block_;
    Block pinned_block_;  // holds the pinned head when block_ no longer does
    std::size_t begin_ = 0, end_ = 0;
    bool is_pinned_ = false;  // a head is pinned in block_
};

}  // namespace gatehouse
