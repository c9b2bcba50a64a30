#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/config/report.hpp"
#include "gateway/config/yaml_node.hpp"

namespace gatehouse::config {

inline constexpr std::size_t kMinSecretBytes = 32;

struct SecretError {
    std::string message;
    std::string help;  // the command that mends it
};

// env:NAME or file:PATH.
bool is_reference(std::string_view text);

// What the reference stands for; of a file, less its last line end. A relative path starts at base_directory.
Result<std::string, SecretError> resolve_reference(std::string_view reference, const std::string& base_directory);

// A secret that the gateway itself uses: a reference to 32 bytes or more. Anything else is reported.
std::optional<std::string> read_secret(const Node& node, std::string_view what, const std::string& base_directory,
                                       Report& report);

}  // namespace gatehouse::config
