#pragma once

#include <string>
#include <string_view>

#include "gateway/pipeline/exchange.hpp"

namespace gatehouse::pipeline {

// The body of a gateway error: application/problem+json (RFC 9457). Appends to `body`.
void append_problem(std::string& body, const LocalReply& reply, std::string_view request_id);

// Fills exchange.reply with a plain error. reason: a static token.
void set_error(Exchange& exchange, int status, std::string_view reason, std::string_view detail);

}  // namespace gatehouse::pipeline
