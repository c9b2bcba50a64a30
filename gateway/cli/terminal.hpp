#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Talk goes to stderr, so that stdout can be piped.
namespace gatehouse::cli {

// "gatehouse: …"
void complain(std::string_view message);
void tell(std::string_view message);

// The text in bold when stderr is a terminal and NO_COLOR is not set.
std::string bold(std::string_view text);

// Asks on the terminal; empty when there is none or nothing was typed.
enum class Echo : std::uint8_t { on, off };
std::string ask(std::string_view question, Echo echo);

}  // namespace gatehouse::cli
