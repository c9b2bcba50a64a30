#include "tests/unit/sdk/storage/fixture.hpp"

gatehouse::Engine gatehouse::storage_test::engine_under_test() { return Engine::postgresql; }
