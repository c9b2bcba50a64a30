#pragma once

#include <gatehouse/ext/kv.h>

#include "gateway/extensions/kv_store.hpp"

namespace gatehouse::extensions {

// What a plugin asks for as a command, all of gatehouse/ext/kv.h checked: GH_OK, or why it is refused.
gh_status read_kv_request(const gh_kv_request& request, KvCommand& command);

// The answer as the plugin sees it. The value is shared, not copied; the plugin releases it.  REQUIRES: room for all
// members up to reason.
void write_kv_result(const KvAnswer& answer, gh_kv_result& result);

}  // namespace gatehouse::extensions
