#pragma once

#include <string>

#include "gateway/pipeline/filter.hpp"
#include "gateway/upstream/assertion.hpp"

namespace gatehouse::pipeline {

// `gatehouse serve`: believes the identity in a valid X-Gatehouse-Assertion and nothing else. Without one, 401 to all
// but GET and HEAD of /healthz. Runs before the identity strip, which takes the field away.
class AssertionAuth final : public Filter {
public:
    // audience: the service's name in the gateway's configuration.
    AssertionAuth(upstream::AssertionVerifier& verifier, std::string audience);
    ~AssertionAuth() override;
    Verdict handle(Exchange& exchange) override;

private:
    upstream::AssertionVerifier& verifier_;
    std::string audience_;
};

}  // namespace gatehouse::pipeline
