#include "plugins/auth/account.hpp"

#include <algorithm>

namespace auth {
namespace {

constexpr std::size_t kLocalPartMax = 64, kDomainLabelMax = 63, kRoleMax = 32;
constexpr std::string_view kAtomSymbols = "!#$%&'*+-/=?^_`{|}~";
constexpr std::string_view kPhonePunctuation = " .-()";

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alphanumeric(char c) { return is_letter(c) || is_digit(c); }

// Calls part(text) for each piece between separators; false as soon as one is.
template <class Part>
bool all_parts(std::string_view text, char separator, Part part) {
    while (true) {
        const auto end = text.find(separator);
        if (!part(text.substr(0, end))) return false;
        if (end == text.npos) return true;
        text.remove_prefix(end + 1);
    }
}

bool is_atom(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_alphanumeric(c) || kAtomSymbols.find(c) != kAtomSymbols.npos;
    });
}

bool is_domain_label(std::string_view text) {
    return !text.empty() && text.size() <= kDomainLabelMax && text.front() != '-' && text.back() != '-' &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_alphanumeric(c) || c == '-'; });
}

}  // namespace

bool is_username(std::string_view text) {
    const auto allowed = [](char c) { return is_alphanumeric(c) || c == '_' || c == '.' || c == '-'; };
    return text.size() >= kUsernameMin && text.size() <= kUsernameMax &&
           std::all_of(text.begin(), text.end(), allowed) && std::any_of(text.begin(), text.end(), is_letter);
}

bool is_email(std::string_view text) {
    const auto at = text.rfind('@');
    if (text.size() > kEmailBytesMax || at == text.npos || at > kLocalPartMax) return false;
    const std::string_view domain = text.substr(at + 1);
    return all_parts(text.substr(0, at), '.', is_atom) && domain.find('.') != domain.npos &&
           all_parts(domain, '.', is_domain_label);
}

bool is_role(std::string_view text) {
    return !text.empty() && text.size() <= kRoleMax && is_lower(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '-'; });
}

bool are_roles(const std::vector<std::string>& roles) {
    return roles.size() <= kRolesMax && std::all_of(roles.begin(), roles.end(), is_role);
}

bool is_phone(std::string_view text) {
    const auto digits = std::count_if(text.begin(), text.end(), is_digit);
    if (text.starts_with('+')) text.remove_prefix(1);
    return text.size() <= 32 && digits >= 5 && digits <= 15 && std::all_of(text.begin(), text.end(), [](char c) {
               return is_digit(c) || kPhonePunctuation.find(c) != kPhonePunctuation.npos;
           });
}

std::string fold_case(std::string_view text) {
    std::string folded(text);
    for (char& c : folded) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return folded;
}

std::string join_roles(const std::vector<std::string>& roles) {
    std::vector<std::string> sorted = roles;
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    std::string text;
    for (const std::string& role : sorted) text.append(text.empty() ? "" : ",").append(role);
    return text;
}

std::vector<std::string> split_roles(std::string_view text) {
    std::vector<std::string> roles;
    if (text.empty()) return roles;
    all_parts(text, ',', [&roles](std::string_view role) {
        roles.emplace_back(role);
        return true;
    });
    return roles;
}

}  // namespace auth
