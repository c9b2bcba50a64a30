#include "plugins/auth/rotation_turns.hpp"

#include <utility>

namespace auth {

RotationTurns::Turn::Turn(RotationTurns& turns, std::string token, Token& state)
    : turns_(turns), token_(std::move(token)), state_(state), lock_(state.mutex) {}

RotationTurns::Turn::~Turn() {
    lock_.unlock();
    turns_.leave(token_);
}

RotationTurns::Turn RotationTurns::take(const std::string& token) {
    Token* state = nullptr;
    {
        const std::scoped_lock lock(mutex_);
        auto& known = tokens_[token];
        if (!known) known = std::make_unique<Token>();
        ++known->users;
        state = known.get();
    }
    return Turn(*this, token, *state);
}

void RotationTurns::leave(const std::string& token) {
    const std::scoped_lock lock(mutex_);
    const auto known = tokens_.find(token);
    if (--known->second->users == 0) tokens_.erase(known);
}

}  // namespace auth
