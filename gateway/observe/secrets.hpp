#pragma once

#include <string>
#include <string_view>

// What must never be written to a log.
namespace gatehouse::observe {

inline constexpr std::string_view kRedacted = "[redacted]";

// Whether values of that name are secrets wherever they stand: password, authorization, cookie and all names made with
// such words. Case is ignored, percent escapes are decoded, '-' and '.' equal '_'.
bool is_secret_name(std::string_view name);
// The same, and what is a secret only in a query: code, key, sig, session and the like.
bool is_secret_parameter(std::string_view name);

// Appends a query as JSON text without quotes, the values of secret parameters left out.
void append_redacted_query(std::string& out, std::string_view query);

}  // namespace gatehouse::observe
