// One at a time for each name: work that many ask for at once is done by the first, and the others find it done.
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace media {

// Thread-safe.
class Turns final {
public:
    // Held while working; the next one goes on when it is destroyed.
    class Turn final {
    public:
        Turn(Turns& turns, std::string name) : turns_(turns), name_(std::move(name)) {
            std::unique_lock lock(turns_.mutex_);
            turns_.ended_.wait(lock, [this] { return turns_.taken_.insert(name_).second; });
        }
        ~Turn() {
            {
                const std::scoped_lock lock(turns_.mutex_);
                turns_.taken_.erase(name_);
            }
            turns_.ended_.notify_all();
        }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

    private:
        Turns& turns_;
        const std::string name_;
    };

private:
    std::mutex mutex_;
    std::condition_variable ended_;
    std::set<std::string> taken_;
};

}  // namespace media
