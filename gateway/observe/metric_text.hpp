#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/observe/metrics.hpp"

// Prometheus' text format 0.0.4: names, escaping, lines.
namespace gatehouse::observe::metric_text {

// Why a metric must not be called that, or empty.
std::string refusal(const MetricSpec& spec);

// name="value",… with backslash, quote and line feed escaped.
std::string labels(std::span<const std::string> names, std::span<const std::string_view> values);

void head(std::string& out, const MetricSpec& spec);
void sample(std::string& out, std::string_view name, std::string_view suffix, std::string_view labels, double value);
// bound: null for +Inf.
void bucket(std::string& out, std::string_view name, std::string_view labels, const double* bound, double count);

}  // namespace gatehouse::observe::metric_text
