#pragma once

#include <gatehouse/abi.h>

#include <string_view>

namespace gatehouse::host {

class Operations;

// A copy for a plugin, which may keep it for as long as it likes and releases it on any thread. Until then the
// generation whose operations these are does not end. ptr is null when there is no memory; REQUIRES: text not empty.
gh_bytes lend(Operations& borrower, std::string_view text);

}  // namespace gatehouse::host
