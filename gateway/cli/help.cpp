#include "gateway/cli/help.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace gatehouse::cli {

namespace {

// CLI11 keeps one free text per command besides its description: the footer. Here it stands on top.
class ExamplesFirst final : public CLI::Formatter {
public:
    std::string make_description(const CLI::App* command) const override {
        const std::string examples = command->get_footer();
        return (examples.empty() ? command->get_description() : examples) + "\n";
    }
    std::string make_footer(const CLI::App*) const override { return {}; }
};

}  // namespace

std::shared_ptr<CLI::FormatterBase> examples_first() {
    auto formatter = std::make_shared<ExamplesFirst>();
    formatter->column_width(34);
    return formatter;
}

void set_examples(CLI::App& command, const std::string& text) { command.footer("Examples:\n" + text); }

}  // namespace gatehouse::cli
