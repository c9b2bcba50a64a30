// No field that only the gateway may write gets from a client to dispatch, whatever its spelling: the octets are a
// request; what the parser lets through goes through the filters that run before the route.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "gateway/http/request_parser.hpp"
#include "gateway/pipeline/filters/identity_strip.hpp"
#include "gateway/pipeline/filters/request_id.hpp"

namespace {

using namespace gatehouse;

const std::vector<std::string> kConfigured = {"X-User-ID", "X-User-Name", "X-User-Roles", "X-Session-ID",
                                              "X.Tenant_Id"};
const std::vector<std::string> kReserved = {"x-user-id",    "x-user-name", "x-user-roles",
                                            "x-session-id", "x-tenant-id", "x-request-id"};

// Written again, on purpose: the invariant must not rest on the code it checks.
bool is_reserved(std::string_view name) {
    std::string folded(name);
    for (char& c : folded) {
        if (c == '_' || c == '.') c = '-';
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return folded.starts_with("x-gatehouse-") ||
           std::find(kReserved.begin(), kReserved.end(), folded) != kReserved.end();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static pipeline::IdentityStrip strip(kConfigured, {});
    static pipeline::RequestId request_id;
    std::string received(reinterpret_cast<const char*>(data), size);
    const http::Limits limits;
    http::RequestParser parser(limits);
    pipeline::Exchange exchange;
    if (parser.parse(received, exchange.request).status != http::ParseStatus::complete) return 0;
    exchange.client.is_trusted_proxy = size % 2 == 0;
    const std::size_t before = exchange.request.fields.size();
    const auto kept = std::count_if(exchange.request.fields.begin(), exchange.request.fields.end(),
                                    [](const http::Field& field) { return !is_reserved(field.name); });
    request_id.handle(exchange);
    strip.handle(exchange);
    for (const http::Field& field : exchange.request.fields) {
        if (is_reserved(field.name)) std::abort();
    }
    if (static_cast<std::size_t>(kept) != exchange.request.fields.size() || exchange.request.fields.size() > before) {
        std::abort();  // something else was taken away
    }
    if (!pipeline::is_sane_request_id(exchange.request_id)) std::abort();
    return 0;
}
