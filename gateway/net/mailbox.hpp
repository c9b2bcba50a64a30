#pragma once

#include <atomic>

namespace gatehouse {
class IoLoop;
}

namespace gatehouse::net {

// The way from worker threads to one loop without allocation: letters are parts of long-lived objects. Many letters
// that arrive before the loop looks wake it once.
class Mailbox final {
public:
    class Letter {
    public:
        virtual void deliver() = 0;  // [loop]
        Letter* next = nullptr;      // the mailbox's own

    protected:
        ~Letter() = default;
    };

    explicit Mailbox(IoLoop& loop) : loop_(loop) {}

    // deliver() is called soon. REQUIRES: the letter is not under way already and lives until it is delivered.  [any]
    void post(Letter& letter);

private:
    void drain();

    IoLoop& loop_;
    std::atomic<Letter*> newest_{nullptr};
};

}  // namespace gatehouse::net
