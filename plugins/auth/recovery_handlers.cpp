#include "plugins/auth/recovery_handlers.hpp"

namespace auth {

RecoveryHandlers::RecoveryHandlers(EmailService& emails, ResetService& resets, const RequestLimits& limits,
                                   int resets_per_source, const Callers& callers)
    : emails_(emails), resets_(resets), limits_(limits), resets_per_source_(resets_per_source), callers_(callers) {}

gatehouse::NoContent RecoveryHandlers::verify_email(const gatehouse::Request& request,
                                                    const VerifyEmailBody& body) const {
    emails_.verify(body.email, body.code, client_of(request));
    return {};
}

gatehouse::Response RecoveryHandlers::resend_code(const gatehouse::Request& request) const {
    emails_.resend(callers_.require(request).user_id);
    return gatehouse::Response(202);
}

gatehouse::Response RecoveryHandlers::forgot(const gatehouse::Request& request, const ForgotBody& body) const {
    limits_.spend("reset", source_of(request.remote_address()), resets_per_source_, std::chrono::hours(1));
    resets_.request(body.email);
    return gatehouse::Response(202);
}

gatehouse::NoContent RecoveryHandlers::reset(const ResetBody& body) const {
    resets_.reset(body.token, body.new_password);
    return {};
}

}  // namespace auth
