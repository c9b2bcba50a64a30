#pragma once

#include <string>
#include <vector>

#include "gateway/http/reserved_fields.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/pipeline/filter.hpp"

namespace gatehouse::pipeline {

// Takes every field that only the gateway may write out of the request: the configured identity headers and all of
// x-gatehouse-*, under every alias ('_' and '.' for '-', any case). Always, on every route, with or without auth.
class IdentityStrip final : public Filter {
public:
    IdentityStrip(const std::vector<std::string>& identity_headers, observe::Counter stripped);
    Verdict handle(Exchange& exchange) override;

    // The invariant: true for any name that must not come from a client.
    bool is_reserved(std::string_view name) const;

private:
    http::ReservedFields reserved_;
    observe::Counter stripped_;
};

}  // namespace gatehouse::pipeline
