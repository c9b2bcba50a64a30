#include "tests/unit/sdk/events/fixture.hpp"

gatehouse::Engine gatehouse::events_test::engine_under_test() { return Engine::sqlite; }
