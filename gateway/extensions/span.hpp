#pragma once

#include <gatehouse/abi.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace gatehouse::extensions {

// One span as the collector will see it. Ids are lower-case hexadecimal (W3C Trace Context).
struct Span {
    std::string service, name;
    std::string trace_id, span_id, parent_id;
    std::int32_t kind = 1;                     // GH_SPAN_*
    std::uint64_t begun_ns = 0, ended_ns = 0;  // since 1970
    std::vector<std::pair<std::string, std::variant<std::string, std::int64_t>>> attributes;
    gh_status status = GH_OK;
    std::string message;
};

// An OTLP/HTTP JSON request (opentelemetry-proto 1.0: ExportTraceServiceRequest), one resource per service. Numbers of
// 64 bits are strings there.
std::string otlp_json(const std::vector<Span>& spans);

}  // namespace gatehouse::extensions
