#pragma once

namespace CLI {
class App;
}

namespace gatehouse::cli {

// `gatehouse plugins list|reload|rollback|why-alive`: of a running gateway, through its admin listener.
void add_running_plugins(CLI::App& plugins, int& status);

}  // namespace gatehouse::cli
