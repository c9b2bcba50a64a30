#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/base/result.hpp"

namespace gatehouse {

// {"listen":["127.0.0.1:8080"],"admin":"127.0.0.1:9901"}: written beside its place and moved there, so that whoever
// waits for the file never reads half of it. admin: empty = left out.
std::optional<Error> write_ready_file(const std::string& path, const std::vector<std::string>& addresses,
                                      const std::string& admin_address);

}  // namespace gatehouse
