#pragma once

#include <string>
#include <string_view>

#include "gateway/pipeline/exchange.hpp"

namespace gatehouse::pipeline {

// W3C Trace Context, level 1: "00-<32 hex>-<16 hex>-<2 hex>", lower-case, ids not all zero.
bool is_valid_trace_parent(std::string_view text);

// Sets exchange.trace_parent: the client's trace continued with a new span id, or a new unsampled trace.
void set_trace_parent(Exchange& exchange);

}  // namespace gatehouse::pipeline
