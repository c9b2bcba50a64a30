#include "gateway/pipeline/filters/auth/forward_auth.hpp"

namespace gatehouse::pipeline {

ForwardAuth::ForwardAuth(std::shared_ptr<Authenticator> authenticator, AnonymousCallers anonymous)
    : authenticator_(std::move(authenticator)), anonymous_(anonymous) {}

Verdict ForwardAuth::handle(Exchange& exchange) { return authenticator_->handle(exchange, anonymous_); }

Task<bool> ForwardAuth::passes_still(const Exchange& exchange) { return authenticator_->passes_still(exchange); }

Task<Verdict> ForwardAuth::resume(Exchange& exchange) { return authenticator_->resume(exchange); }

}  // namespace gatehouse::pipeline
