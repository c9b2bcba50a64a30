#pragma once

#include <optional>
#include <string>

#include "gateway/config/report.hpp"
#include "gateway/config/yaml_node.hpp"

namespace gatehouse::config {

inline constexpr std::size_t kMaxFileBytes = 1024 * 1024;
inline constexpr int kMaxDepth = 24;
inline constexpr std::size_t kMaxValues = 50'000;

// Reads one document. Reports what is wrong with it as YAML: syntax, bounds, duplicate keys, ambiguous words as keys.
// Empty when there is no tree to go on with.
std::optional<Node> read_yaml(const std::string& text, Report& report);

}  // namespace gatehouse::config
