#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/pipeline/exchange.hpp"

namespace gatehouse::pipeline {

// What a verifier said about a caller. clear() keeps the capacity.
struct Decision {
    enum class Outcome : std::uint8_t {
        unavailable,  // no usable answer: unreachable, late, 5xx
        allowed,
        denied,
    };
    Outcome outcome = Outcome::unavailable;
    Identity identity;  // allowed; not present if the verifier named nobody

    int status = 0;  // denied: the verifier's answer, as the client gets it
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;

    Duration fresh_for{0};  // how long it may be used again; 0 = not at all

    void clear();
};

enum class IfDown : std::uint8_t { deny, allow };

// Carries the decision out: fills exchange.identity, or exchange.reply with the verifier's answer or 503.
Verdict apply(const Decision& decision, IfDown if_down, Exchange& exchange);

}  // namespace gatehouse::pipeline
