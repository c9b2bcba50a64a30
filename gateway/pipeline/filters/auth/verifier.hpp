#pragma once

#include "gateway/base/task.hpp"
#include "gateway/base/time.hpp"
#include "gateway/pipeline/exchange.hpp"
#include "gateway/pipeline/filters/auth/decision.hpp"

namespace gatehouse::pipeline {

// Whoever decides about callers: a plugin in this process, or a service over HTTP. One object serves all loops.
class Verifier {
public:
    virtual ~Verifier() = default;

    // True if verify_now() decides at once as a rule: asking again then costs less than remembering correctly.
    virtual bool is_immediate() const = 0;

    // True: `decision` is filled. False: the answer takes longer; await verify() next, before anything else of this
    // loop asks. Only for immediate verifiers.  [loop]
    virtual bool verify_now(const Exchange& exchange, TimePoint deadline, Decision& decision) = 0;

    // Asks and waits for the answer, at most until the deadline. What it needs of the exchange is copied before the
    // first suspension.  [loop]
    virtual Task<> verify(const Exchange& exchange, TimePoint deadline, Decision& decision) = 0;
};

}  // namespace gatehouse::pipeline
