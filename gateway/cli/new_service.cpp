#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/cli/commands.hpp"
#include "gateway/cli/help.hpp"
#include "gateway/cli/program.hpp"
#include "gateway/cli/service_template.hpp"
#include "gateway/cli/terminal.hpp"

namespace gatehouse::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string name;
    std::string directory;
    std::string language = "c++";
    bool database = false;
};

// Empty: the folder may be filled. It may exist, but there must be nothing in it.
std::string folder_refusal(const fs::path& folder) {
    std::error_code failure;
    const fs::file_status status = fs::status(folder, failure);
    if (!fs::exists(status)) return {};
    if (!fs::is_directory(status)) return folder.string() + " exists and is no folder";
    if (fs::is_empty(folder, failure) && !failure) return {};
    return folder.string() + " exists and is not empty; nothing is overwritten";
}

// Empty: written.
std::string write(const fs::path& folder, const std::vector<NewFile>& files) {
    for (const NewFile& file : files) {
        const fs::path path = folder / file.path;
        std::error_code failure;
        fs::create_directories(path.parent_path(), failure);
        if (failure) return path.parent_path().string() + ": " + failure.message();
        errno = 0;
        std::ofstream out(path, std::ios::binary | std::ios::trunc);
        out << file.text;
        out.close();
        if (!out) return path.string() + ": " + std::strerror(errno);
        if (path.extension() == ".sh") {
            fs::permissions(path, fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec,
                            fs::perm_options::add, failure);
        }
    }
    return {};
}

bool is_on_path(const fs::path& folder) {
    const char* const variable = std::getenv("PATH");
    std::string_view rest = variable == nullptr ? "" : variable;
    while (!rest.empty()) {
        const std::string_view entry = rest.substr(0, rest.find(':'));
        std::error_code failure;
        if (!entry.empty() && fs::equivalent(entry, folder, failure)) return true;
        rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
    }
    return false;
}

bool has_sdk(const fs::path& prefix) {
    std::error_code failure;
    for (const char* library : {"lib", "lib64", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu"}) {
        if (fs::exists(prefix / library / "cmake/GatehouseSDK/GatehouseSDKConfig.cmake", failure)) return true;
    }
    return false;
}

// The three commands that come next. CMake looks where the PATH does; elsewhere it has to be told.
void tell_next(const fs::path& folder) {
    std::error_code failure;
    const fs::path program = fs::read_symlink("/proc/self/exe", failure);
    const fs::path prefix = program.parent_path().parent_path();
    std::string configure = "cmake -B build";
    if (fs::exists(prefix / "CMakeCache.txt", failure)) {  // run from where it was built
        tell("  cmake --install " + prefix.string() + " --prefix ~/gatehouse    # first of all: the SDK");
        configure += " -DCMAKE_PREFIX_PATH=~/gatehouse";
    } else if (!has_sdk(prefix)) {
        tell("  (the SDK is not installed in " + prefix.string() + ": it is the component sdk of cmake --install)");
    } else if (!is_on_path(program.parent_path())) {
        configure += " -DCMAKE_PREFIX_PATH=" + prefix.string();
    }
    const std::string command = is_on_path(program.parent_path()) ? "gatehouse" : program.string();
    tell("  cd " + folder.string() + " && " + configure + " && cmake --build build");
    tell("  ctest --test-dir build --output-on-failure");
    tell("  " + command + " run --plugins build/plugins");
}

int create(const Options& options) {
    const std::string refusal = name_refusal(options.name);
    if (!refusal.empty()) {
        complain(refusal);
        return kRefused;
    }
    if (options.language == "c" && options.database) {
        complain("--database is for C++: the SDK's storage has no C interface; link libsqlite3 or libpq yourself");
        return kRefused;
    }
    const fs::path folder = options.directory.empty() ? fs::path(options.name) : fs::path(options.directory);
    const std::string in_the_way = folder_refusal(folder);
    if (!in_the_way.empty()) {
        complain(in_the_way);
        return kRefused;
    }
    const ServiceKind kind = options.language == "c" ? ServiceKind::c
                             : options.database      ? ServiceKind::cpp_database
                                                     : ServiceKind::cpp_memory;
    const auto files = instantiate(kind, options.name);
    const std::string failure = write(folder, files);
    if (!failure.empty()) {
        complain("cannot write " + failure);
        return kFailed;
    }
    tell("Wrote " + std::to_string(files.size()) + " files to " + folder.string() + ". Next:");
    tell_next(folder);
    return kDone;
}

}  // namespace

void add_new(CLI::App& program, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("new", "write a service to begin with");
    set_examples(*command, "  gatehouse new service notes --database\n");
    command->require_subcommand(1);
    CLI::App* service = command->add_subcommand("service", "routes, tests and README of a service that runs at once");
    set_examples(
        *service,
        "  gatehouse new service notes                        in C++, items in memory\n"
        "  gatehouse new service notes --database             with tables, on SQLite or PostgreSQL\n"
        "  gatehouse new service notes --directory plugins/notes   inside Gatehouse's own repository\n"
        "  gatehouse new service counter --language c\n"
        "\n"
        "Writes code, migrations, unit tests, a smoke test, a README and a routes.yaml to ./NAME, and says what\n"
        "to do next. Nothing is overwritten.");
    service->add_option("NAME", options->name, "a-z, 0-9 and _; also the plugin's id and its namespace")->required();
    service->add_option("--directory", options->directory, "where to write it (./NAME)")->type_name("DIR");
    service->add_option("--language", options->language, "c++ or c (c++)")
        ->check(CLI::IsMember({"c++", "c"}))
        ->type_name("LANGUAGE");
    service->add_flag("--database", options->database, "keep items in a database, with migrations");
    service->callback([options, &status] { status = create(*options); });
}

}  // namespace gatehouse::cli
