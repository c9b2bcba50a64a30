#include "plugins/auth/password_policy.hpp"

#include <gatehouse/form.hpp>
#include <unordered_set>

#include "plugins/auth/account.hpp"
#include "plugins/auth/common_passwords.hpp"

namespace auth {
namespace {

std::unordered_set<std::string_view> lines_of(std::string_view text) {
    std::unordered_set<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        if (!line.empty()) lines.insert(line);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    return lines;
}

}  // namespace

std::optional<std::string> password_problem(std::string_view password, std::string_view username,
                                            std::string_view email) {
    if (!gatehouse::is_utf8(password)) return "must be valid UTF-8";
    const std::size_t length = gatehouse::count_code_points(password);
    if (length < kPasswordCharactersMin) return "must have at least 8 characters";
    if (length > kPasswordCharactersMax || password.size() > kPasswordBytesMax)
        return "must have at most 128 characters";
    if (is_common_password(password)) return "is one of the most common passwords";
    const std::string folded = fold_case(password);
    if (folded == fold_case(username) || folded == fold_case(email))
        return "must not be the user name or the e-mail address";
    return std::nullopt;
}

bool is_hashable(std::string_view password) { return !password.empty() && password.size() <= kPasswordBytesMax; }

bool is_common_password(std::string_view password) {
    static const std::unordered_set<std::string_view> common = lines_of(common_passwords());
    return common.contains(fold_case(password));
}

}  // namespace auth
