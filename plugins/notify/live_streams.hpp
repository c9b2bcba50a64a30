// Who listens to their own notifications right now, in this process, and which of them may have news.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>

namespace notify {

// Thread-safe.
class LiveStreams final {
public:
    // One listening client: registered while it lives.
    class Listener {
    public:
        Listener(LiveStreams& streams, std::int64_t user_id);
        ~Listener();
        Listener(const Listener&) = delete;
        Listener& operator=(const Listener&) = delete;

        // Whether to look: after a wake() and for a few more turns, since what woke us is not committed yet; and now
        // and then anyway, for what other processes have written. Called once in each turn of the stream.
        [[nodiscard]] bool should_look();

    private:
        friend class LiveStreams;
        LiveStreams& streams_;
        const std::int64_t user_id_;
        std::atomic<bool> is_woken_{false};
        int looks_left_ = 0, turns_ = 0;
    };

    void wake(std::int64_t user_id);

private:
    std::mutex mutex_;
    std::multimap<std::int64_t, Listener*> listeners_;
};

}  // namespace notify
