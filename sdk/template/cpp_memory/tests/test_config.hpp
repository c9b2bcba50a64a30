#pragma once

#include <string>

inline std::string test_config() { return "{}"; }
