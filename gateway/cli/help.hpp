#pragma once

#include <memory>
#include <string>

namespace CLI {
class App;
class FormatterBase;
}  // namespace CLI

namespace gatehouse::cli {

// Help that begins with examples: what most people came for.
std::shared_ptr<CLI::FormatterBase> examples_first();

// Says what comes before the usage line: examples, then a sentence or two. The description stays the one line that the
// list of commands shows.
void set_examples(CLI::App& command, const std::string& text);

}  // namespace gatehouse::cli
