#pragma once

#include <memory>

#include "gateway/pipeline/filter.hpp"
#include "gateway/pipeline/filters/auth/authenticator.hpp"

namespace gatehouse::pipeline {

// Finds out who asks, by the route's authenticator, and sets exchange.identity; what the verifier refuses is answered
// with the verifier's words. With AnonymousCallers::pass a request without credentials goes on as anonymous, but bad
// credentials are still refused.
class ForwardAuth final : public Filter {
public:
    ForwardAuth(std::shared_ptr<Authenticator> authenticator, AnonymousCallers anonymous);
    Verdict handle(Exchange& exchange) override;
    Task<Verdict> resume(Exchange& exchange) override;
    Task<bool> passes_still(const Exchange& exchange) override;

private:
    std::shared_ptr<Authenticator> authenticator_;
    AnonymousCallers anonymous_;
};

}  // namespace gatehouse::pipeline
