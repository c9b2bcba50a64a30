// What calls and the HTTP client share: values on their way to C and back.
#pragma once

#include <gatehouse/ext/call.h>
#include <gatehouse/call.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::detail {

// Borrows from the user.
class IdentityView {
public:
    IdentityView() = default;
    IdentityView(const IdentityView&) = delete;
    IdentityView& operator=(const IdentityView&) = delete;
    // Null for nobody.
    const gh_identity* fill(const std::optional<User>& user);

private:
    std::vector<gh_str> roles_;
    std::string subject_;
    gh_identity identity_{};
};

void fill_answer(CallResponse& answer, const gh_call_response& response);
void append_fields(std::vector<Header>& out, const gh_kv* fields, std::size_t count);
[[nodiscard]] std::string explain_failure(gh_status status, std::string_view service, const std::string& reason);

}  // namespace gatehouse::detail
