// Tells two uses of one refresh token at the same time (a browser with two tabs: harmless) from a use of an old one
// (theft: the session must end). Requests with the same token take turns; whoever finds that the one before him has
// rotated the token was under way when that happened, since the memory of it ends with the last of them.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace auth {

// Thread-safe. Bounded by the number of requests under way.
class RotationTurns final {
    struct Token {
        std::mutex mutex;
        bool rotated = false;  // guarded by mutex
        int users = 0;         // guarded by RotationTurns::mutex_
    };

public:
    // Held during one attempt.
    class Turn final {
    public:
        Turn(RotationTurns& turns, std::string token, Token& state);
        ~Turn();
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

        // Somebody else has rotated the token while this one waited.
        [[nodiscard]] bool lost() const { return state_.rotated; }
        // REQUIRES: called after the rotation is committed.
        void won() { state_.rotated = true; }

    private:
        RotationTurns& turns_;
        const std::string token_;
        Token& state_;
        std::unique_lock<std::mutex> lock_;
    };

    // Waits for those before. token: its digest.
    [[nodiscard]] Turn take(const std::string& token);

private:
    void leave(const std::string& token);

    std::mutex mutex_;
    std::unordered_map<std::string, std::unique_ptr<Token>> tokens_;
};

}  // namespace auth
