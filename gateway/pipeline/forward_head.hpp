#pragma once

#include <string>
#include <string_view>

#include "gateway/pipeline/exchange.hpp"
#include "gateway/pipeline/snapshot.hpp"

namespace gatehouse::pipeline {

// The path that the service behind the route sees: rewritten if the route says so. The view is into the request or into
// `storage`.
std::string_view upstream_path(const Exchange& exchange, const RoutePlan& plan, std::string& storage);

// Request line and fields of the canonical request as an upstream gets it, up to but without the framing fields and the
// final empty line. Client-supplied forwarding fields count only from trusted proxies. path: from upstream_path().
// own_authority: Host when the client sent none.
void append_forward_head(std::string& out, const Exchange& exchange, std::string_view path,
                         std::string_view own_authority);

// True for fields that the gateway writes itself, and for those that some backends take for the real target of the
// request (X-Original-URL, X-Rewrite-URL), under any alias: a client's own never get through.
bool is_written_by_gateway(std::string_view name);

}  // namespace gatehouse::pipeline
