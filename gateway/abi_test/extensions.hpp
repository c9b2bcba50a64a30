#pragma once

#include <string_view>

namespace gatehouse::abi_test {

// Those of the host's extensions whose answers come later: gh.kv/1, gh.http_client/1, gh.lease/1, and gh.trace/1.
const void* asynchronous_extension(std::string_view id);

}  // namespace gatehouse::abi_test
