#include "tests/unit/sdk/storage/fixture.hpp"

gatehouse::Engine gatehouse::storage_test::engine_under_test() { return Engine::postgresql; }

// libpqxx 6 leaks the server's last answer whenever a connection breaks (it looks at the encoding before it takes the
// answer into its care), and these tests break connections. What we allocate ourselves is still reported.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libpqxx\n"; }
