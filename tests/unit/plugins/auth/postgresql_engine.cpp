#include "tests/unit/plugins/auth/fixture.hpp"

gatehouse::Engine auth::testing::engine_under_test() { return gatehouse::Engine::postgresql; }
