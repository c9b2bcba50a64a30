#include "gateway/net/mailbox.hpp"

#include <utility>

#include "gateway/base/io_loop.hpp"

namespace gatehouse::net {

void Mailbox::post(Letter& letter) {
    Letter* newest = newest_.load(std::memory_order_relaxed);
    do {
        letter.next = newest;
    } while (!newest_.compare_exchange_weak(newest, &letter, std::memory_order_release, std::memory_order_relaxed));
    if (newest == nullptr) {
        loop_.post([this] { drain(); });
    }
}

// Oldest first.
void Mailbox::drain() {
    Letter* letter = newest_.exchange(nullptr, std::memory_order_acquire);
    Letter* oldest = nullptr;
    while (letter != nullptr) {
        Letter* const next = letter->next;
        letter->next = oldest;
        oldest = std::exchange(letter, next);
    }
    while (oldest != nullptr) std::exchange(oldest, oldest->next)->deliver();
}

}  // namespace gatehouse::net
