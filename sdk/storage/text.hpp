// Small questions about text that both engines ask.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::storage {

// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) noexcept;

// Throws std::logic_error if `sql` begins with BEGIN, COMMIT, SAVEPOINT …: transactions are the Database's business.
void refuse_transaction_control(std::string_view sql);

std::string ascii_lower(std::string_view text);

// Without spaces, tabs and line ends on both sides.
std::string_view trim(std::string_view text) noexcept;

}  // namespace gatehouse::storage
