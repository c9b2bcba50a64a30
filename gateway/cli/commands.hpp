#pragma once

namespace CLI {
class App;
}

// One function per subcommand: declares its options on `program`; when it is chosen, runs it and sets `status`.
namespace gatehouse::cli {

void add_run(CLI::App& program, int& status);
void add_serve(CLI::App& program, int& status);
void add_check(CLI::App& program, int& status);
void add_routes(CLI::App& program, int& status);
void add_explain(CLI::App& program, int& status);
void add_config(CLI::App& program, int& status);
void add_schema(CLI::App& program, int& status);
void add_plugins(CLI::App& program, int& status);
void add_migrate(CLI::App& program, int& status);
void add_user(CLI::App& program, int& status);
void add_events(CLI::App& program, int& status);
void add_openapi(CLI::App& program, int& status);
void add_new(CLI::App& program, int& status);
void add_seed(CLI::App& program, int& status);
void add_version(CLI::App& program, int& status);

}  // namespace gatehouse::cli
