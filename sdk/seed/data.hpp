// The files of data/, as they were when this was built.
#pragma once

#include <string_view>

namespace gatehouse::seed::data {

std::string_view english_names();
std::string_view russian_names();
std::string_view english_grammar();
std::string_view russian_grammar();

}  // namespace gatehouse::seed::data
