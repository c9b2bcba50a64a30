#pragma once

#include <gatehouse/ext/call.h>

#include <string>
#include <string_view>

#include "gateway/upstream/assertion.hpp"
#include "gateway/upstream/cluster.hpp"

namespace gatehouse::upstream {

// The name of the cluster by which `gatehouse serve --gateway` reaches every other service: no service can be called
// so. It is also what an assertion names as its audience when the request is for the gateway itself.
inline constexpr std::string_view kGatewayCluster = "~gateway";
// To that gateway: whom the call is for, and how many milliseconds there are left for it.
inline constexpr std::string_view kServiceField = "x-gatehouse-service";
inline constexpr std::string_view kTimeoutField = "x-gatehouse-timeout";

// The fields of one service's call to another, as serialised lines: those of the request, its ids, the user on whose
// behalf it is made, and for who expects it an assertion that names the caller. signer may be null.
std::string call_fields(const gh_call_request& request, const std::string& calling_service, const Cluster& cluster,
                        const AssertionSigner* signer);

}  // namespace gatehouse::upstream
