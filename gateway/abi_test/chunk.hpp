#pragma once

#include <gatehouse/abi.h>

#include <string>

#include "gateway/abi_test/instance.hpp"

namespace gatehouse::abi_test {

// A gh_bytes in the plugin's hands: found if it is released twice, or never.  [any]
gh_bytes lend_chunk(Instance& instance, std::string content);

}  // namespace gatehouse::abi_test
