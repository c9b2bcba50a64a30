#include "hello_coro.hpp"

GATEHOUSE_PLUGIN(hello_coro::HelloCoro, "hello_coro", "1.0.0");
