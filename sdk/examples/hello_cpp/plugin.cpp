#include "hello.hpp"

GATEHOUSE_PLUGIN(hello::Hello, "hello_cpp", "1.0.0");
