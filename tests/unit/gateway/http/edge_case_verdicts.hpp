#pragma once

#include <map>
#include <string_view>

// What the parsers make of each row of the table of edge cases, in the words of converse().
namespace gatehouse::http::testing {

using Verdicts = std::map<std::string_view, std::string_view>;  // case name -> verdict

extern const Verdicts kRequestVerdicts;
extern const Verdicts kResponseVerdicts;

}  // namespace gatehouse::http::testing
