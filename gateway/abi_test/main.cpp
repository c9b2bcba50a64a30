// gatehouse-abi-test: a hostile host that checks every rule of gatehouse/abi.h on one plugin.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <iostream>
#include <iterator>

#include "gateway/abi_test/runner.hpp"
#include "gateway/host/elf_lint.hpp"

namespace {

using namespace gatehouse::abi_test;

constexpr int kAllOk = 0, kBroken = 1, kCannotTell = 2;
constexpr int kChildDescriptor = 3;

struct Arguments {
    Bench::Options options;
    std::vector<std::string> wanted;
    std::string child;
    bool as_json = false, lists = false;
};

const Rule* find_rule(const std::string& name) {
    for (const Rule& rule : rules()) {
        if (name == rule.name) return &rule;
    }
    return nullptr;
}

std::string_view word(Verdict::Kind kind) {
    switch (kind) {
        case Verdict::Kind::ok: return "ok";
        case Verdict::Kind::failed: return "FAILED";
        case Verdict::Kind::skipped: return "skipped";
    }
    return "";
}

void print(const Verdict& verdict) {
    std::cout << word(verdict.kind) << std::string(9 - word(verdict.kind).size(), ' ') << verdict.rule;
    const char* separator = ": ";
    for (const std::string& reason : verdict.reasons) {
        std::cout << separator << reason;
        separator = "; ";
    }
    std::cout << std::endl;
}

void print_json(const gatehouse::host::PluginFile& file, const std::vector<Verdict>& verdicts, int failed) {
    boost::json::array list;
    for (const Verdict& verdict : verdicts) {
        boost::json::array reasons(verdict.reasons.begin(), verdict.reasons.end());
        list.push_back({{"rule", verdict.rule},
                        {"result", verdict.kind == Verdict::Kind::failed ? "failed" : word(verdict.kind)},
                        {"reasons", std::move(reasons)}});
    }
    const boost::json::value document{{"plugin", file.id},           {"version", file.version},  {"sdk", file.sdk},
                                      {"toolchain", file.toolchain}, {"rules", std::move(list)}, {"failed", failed}};
    std::cout << boost::json::serialize(document) << std::endl;
}

int list_rules() {
    for (const Rule& rule : rules()) {
        std::cout << rule.name << std::string(22 - std::string_view(rule.name).size(), ' ') << rule.summary << '\n';
    }
    return kAllOk;
}

int check(const Arguments& arguments) {
    const auto file = gatehouse::host::lint_plugin(arguments.options.plugin);
    if (!file) {
        std::cerr << "gatehouse-abi-test: " << file.error().message << '\n';
        return kCannotTell;
    }
    if (!arguments.as_json)
        std::cout << file->id << ' ' << file->version << " (" << file->sdk << ", " << file->toolchain << ")\n";
    std::vector<Verdict> verdicts;
    int failed = 0, skipped = 0;
    for (const Rule& rule : rules()) {
        const auto& wanted = arguments.wanted;
        if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), rule.name) == wanted.end()) continue;
        verdicts.push_back(run_in_child(rule, arguments.options));
        failed += verdicts.back().kind == Verdict::Kind::failed ? 1 : 0;
        skipped += verdicts.back().kind == Verdict::Kind::skipped ? 1 : 0;
        if (!arguments.as_json) print(verdicts.back());
    }
    if (arguments.as_json) {
        print_json(*file, verdicts, failed);
    } else {
        const auto passed = static_cast<int>(verdicts.size()) - failed - skipped;
        std::cout << passed << " ok, " << failed << " failed, " << skipped << " skipped\n";
    }
    return failed == 0 ? kAllOk : kBroken;
}

// A file's text, or the argument itself if it begins with '{'.
bool read_config(std::string& config) {
    if (config.starts_with('{')) return true;
    std::ifstream file(config, std::ios::binary);
    if (!file) {
        std::cerr << "gatehouse-abi-test: " << config << " cannot be read\n";
        return false;
    }
    config.assign(std::istreambuf_iterator<char>(file), {});
    return true;
}

}  // namespace

int main(int count, char** values) {
    Arguments arguments;
    std::string plugin;
    CLI::App program("Checks a Gatehouse plugin against every rule of the plugin ABI", "gatehouse-abi-test");
    program.add_option("PLUGIN", plugin, "the .so file");
    program
        .add_option("--config", arguments.options.config,
                    "the plugin's configuration: JSON, or a file; {scratch} in it becomes an empty directory")
        ->type_name("JSON|FILE");
    program.add_option("--rule", arguments.wanted, "only this rule; may be given again")->type_name("NAME");
    program.add_option("--iterations", arguments.options.iterations, "how often it is created and destroyed (2000)")
        ->check(CLI::Range(20, 10'000'000));
    program.add_flag("--json", arguments.as_json, "print one JSON document");
    program.add_flag("--list", arguments.lists, "list the rules");
    program.add_option("--child", arguments.child)->group("");
    program.footer("Exit status: 0 all rules kept, 1 a rule is broken, 2 the plugin cannot be tested.");
    try {
        program.parse(count, values);
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? kAllOk : kCannotTell;
    }
    if (arguments.lists) return list_rules();
    if (plugin.empty()) {
        std::cerr << "gatehouse-abi-test: which plugin? (--help)\n";
        return kCannotTell;
    }
    arguments.options.plugin = std::filesystem::absolute(plugin);  // a plugin may change the directory
    if (!arguments.child.empty()) {
        const Rule* const rule = find_rule(arguments.child);
        return rule == nullptr ? kCannotTell : run_here(*rule, arguments.options, kChildDescriptor);
    }
    for (const std::string& name : arguments.wanted) {
        if (find_rule(name) != nullptr) continue;
        std::cerr << "gatehouse-abi-test: there is no rule " << name << " (--list)\n";
        return kCannotTell;
    }
    return read_config(arguments.options.config) ? check(arguments) : kCannotTell;
}
