// Proving an address, and getting in again without the password.
#pragma once

#include <gatehouse/handler.hpp>
#include <string>

#include "plugins/auth/caller.hpp"
#include "plugins/auth/email_service.hpp"
#include "plugins/auth/form_rules.hpp"
#include "plugins/auth/request_limits.hpp"
#include "plugins/auth/reset_service.hpp"

namespace auth {

struct VerifyEmailBody {
    std::string email, code;
};
constexpr auto describe(VerifyEmailBody*) {
    using namespace gatehouse;
    return fields(field("email", &VerifyEmailBody::email, min_length(1), max_length(kEmailBytesMax)),
                  field("code", &VerifyEmailBody::code, min_length(1), max_length(64), write_only));
}

struct ForgotBody {
    std::string email;
};
constexpr auto describe(ForgotBody*) {
    using namespace gatehouse;
    return fields(field("email", &ForgotBody::email, min_length(1), max_length(kEmailBytesMax)));
}

struct ResetBody {
    std::string token, new_password;
};
constexpr auto describe(ResetBody*) {
    using namespace gatehouse;
    return fields(field("token", &ResetBody::token, min_length(1), max_length(128), write_only),
                  new_password_field("new_password", &ResetBody::new_password));
}

class RecoveryHandlers final {
public:
    // resets_per_source: how many in an hour, 0 = any number.
    RecoveryHandlers(EmailService& emails, ResetService& resets, const RequestLimits& limits, int resets_per_source,
                     const Callers& callers);

    [[nodiscard]] gatehouse::NoContent verify_email(const gatehouse::Request& request,
                                                    const VerifyEmailBody& body) const;
    // Empty, as "accepted" says it all.
    [[nodiscard]] gatehouse::Response resend_code(const gatehouse::Request& request) const;
    // The same for every address.
    [[nodiscard]] gatehouse::Response forgot(const gatehouse::Request& request, const ForgotBody& body) const;
    [[nodiscard]] gatehouse::NoContent reset(const ResetBody& body) const;

private:
    EmailService& emails_;
    ResetService& resets_;
    const RequestLimits& limits_;
    const int resets_per_source_;
    const Callers& callers_;
};

}  // namespace auth
