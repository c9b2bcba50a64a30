#include "gateway/abi_test/rules.hpp"

namespace gatehouse::abi_test {

namespace {

constexpr Rule kRules[] = {
    {rule::kTable, "the file is linted, and its table is whole, constant and says what its note says", &check_table},
    {rule::kCreate, "create() is quick, opens nothing and keeps no view of its configuration", &check_create},
    {rule::kRegistration, "routes and metrics are added in create() only, by structs of their own ABI",
     &check_registration},
    {rule::kRefusedRegistration, "create() copes when the host refuses any one of its routes and metrics",
     &check_refused_registration},
    {rule::kHooks, "start, health, drain and stop answer once, and never inside the call", &check_hooks},
    {rule::kExtensions, "extensions are whole, unknown ones are NULL, and the host's are used by their rules",
     &check_extensions},
    {rule::kNoExtensions, "it works with those extensions alone that it says it needs", &check_no_extensions},
    {rule::kTableSizes, "it reads nothing beyond the size of a host's table, however small within ABI 1",
     &check_table_sizes},
    {rule::kGrownTables, "it works with a later host: larger tables, unknown flags, another minor",
     &check_grown_tables},
    {rule::kAnswers, "every request is ended exactly once, also among many", &check_answers},
    {rule::kResponses, "status, headers and bodies of answers are well-formed", &check_traffic},
    {rule::kHostileInput, "any input that the gateway lets through is answered", &check_hostile_input},
    {rule::kExceptions, "no exception leaves the plugin", &check_traffic},
    {rule::kThreads, "what belongs to a loop is called on it, what blocks is not", &check_traffic},
    {rule::kLoopTime, "nothing blocks an event loop", &check_traffic},
    {rule::kTelemetry, "log lines and measurements are well-formed", &check_traffic},
    {rule::kCancelAwait, "a request is ended when any of its waits is cancelled", &check_cancel_await},
    {rule::kClientGone, "a request is ended when its client goes away at any point", &check_client_gone},
    {rule::kRefusedCalls, "a request is ended when any of its calls into the host fails", &check_refused_calls},
    {rule::kOperations, "operations are begun properly, and a cancel that comes too late does no harm",
     &check_operations},
    {rule::kViews, "nothing lent is read after the loan, or beyond its end", &check_views},
    {rule::kBodies, "a body does not change between its hand-over and its release", &check_bodies},
    {rule::kBytes, "every gh_bytes is released exactly once", &check_bytes},
    {rule::kDrain, "it lets go of everything when it is drained with requests half done", &check_drain},
    {rule::kLeftovers, "no thread, descriptor, child, key or call into the host is left after destroy()",
     &check_leftovers},
    {rule::kProcess, "locale, directory, umask, environment, signal handlers and masks stay as they are",
     &check_process},
    {rule::kRepeat, "thousands of creations and hundreds of lives cost no memory", &check_repeat},
    {rule::kGenerations, "two generations live side by side, and one outlives the other", &check_generations},
    {rule::kUnload, "the library leaves the process when it is closed", &check_unload},
};

}  // namespace

std::span<const Rule> rules() { return kRules; }

}  // namespace gatehouse::abi_test
