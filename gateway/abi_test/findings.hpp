#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace gatehouse::abi_test {

// The rules, by the name that --rule and the report use. Every check belongs to exactly one of them; a run of one rule
// reports what belongs to that rule and leaves the rest to theirs.
namespace rule {
inline constexpr char kTable[] = "table";
inline constexpr char kCreate[] = "create";
inline constexpr char kRegistration[] = "registration";
inline constexpr char kRefusedRegistration[] = "refused-registration";
inline constexpr char kHooks[] = "hooks";
inline constexpr char kExtensions[] = "extensions";
inline constexpr char kNoExtensions[] = "no-extensions";
inline constexpr char kTableSizes[] = "table-sizes";
inline constexpr char kGrownTables[] = "grown-tables";
inline constexpr char kAnswers[] = "answers";
inline constexpr char kResponses[] = "responses";
inline constexpr char kHostileInput[] = "hostile-input";
inline constexpr char kExceptions[] = "exceptions";
inline constexpr char kThreads[] = "threads";
inline constexpr char kLoopTime[] = "loop-time";
inline constexpr char kTelemetry[] = "telemetry";
inline constexpr char kCancelAwait[] = "cancel-await";
inline constexpr char kClientGone[] = "client-gone";
inline constexpr char kRefusedCalls[] = "refused-calls";
inline constexpr char kOperations[] = "operations";
inline constexpr char kViews[] = "views";
inline constexpr char kBodies[] = "bodies";
inline constexpr char kBytes[] = "bytes";
inline constexpr char kDrain[] = "drain";
inline constexpr char kLeftovers[] = "leftovers";
inline constexpr char kProcess[] = "process";
inline constexpr char kRepeat[] = "repeat";
inline constexpr char kGenerations[] = "generations";
inline constexpr char kUnload[] = "unload";
}  // namespace rule

// What was found, written to a pipe at once: a plugin that then crashes the process takes nothing back.
class Findings final {
public:
    // descriptor: of the pipe to the parent process. watched: findings of other rules are dropped.
    Findings(int descriptor, std::string_view watched) : descriptor_(descriptor), watched_(watched) {}

    void add(std::string_view rule, const std::string& text);  // [any]
    // The rule does not apply to this plugin.
    void skip(const std::string& why);
    // Reports and ends the process: a thread is stuck in the plugin, nothing after this would mean anything.
    [[noreturn]] void give_up(std::string_view rule, const std::string& text);

    bool is_watched(std::string_view rule) const { return rule == watched_; }
    bool is_empty() const;

private:
    void write(char kind, std::string text);

    int descriptor_;
    std::string watched_;
    mutable std::mutex mutex_;
    std::set<std::string> seen_;
};

}  // namespace gatehouse::abi_test
