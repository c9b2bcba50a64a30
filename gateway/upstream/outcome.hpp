#pragma once

#include <cstdint>
#include <string_view>

namespace gatehouse::upstream {

// How an attempt to talk to an upstream ended. Everything but `ok` means: no complete answer.
enum class Outcome : std::uint8_t {
    ok,
    no_healthy_endpoint,  // every endpoint failed to connect a moment ago
    connect_failed,
    restarting,    // a child process that has died or is not there yet
    queue_full,    // no connection free and no room (or no time) to wait for one
    reset,         // connection lost before the answer was complete
    bad_response,  // breaks RFC 9112
    timeout,
    too_large,  // fetch() only
    canceled,   // the client is gone
};

struct OutcomeText {
    int status;               // what the gateway answers
    std::string_view reason;  // token for gatehouse-error, log and metric
};
OutcomeText describe(Outcome outcome);

}  // namespace gatehouse::upstream
