#include "gateway/pipeline/filters/identity_strip.hpp"

#include "gateway/base/ascii.hpp"

namespace gatehouse::pipeline {

namespace {

constexpr std::string_view kOwnPrefix = "x-gatehouse-";

bool is_own(std::string_view name) {
    return name.size() >= kOwnPrefix.size() &&
           ascii::header_names_fold_equal(name.substr(0, kOwnPrefix.size()), kOwnPrefix);
}

// What the gateway itself writes is reserved whatever the configuration lists.
std::vector<std::string> with_own(std::vector<std::string> names) {
    names.insert(names.end(), {"x-user-id", "x-user-name", "x-user-roles", "x-session-id"});
    return names;
}

}  // namespace

IdentityStrip::IdentityStrip(const std::vector<std::string>& identity_headers, observe::Counter stripped)
    : reserved_(with_own(identity_headers)), stripped_(stripped) {}

bool IdentityStrip::is_reserved(std::string_view name) const { return is_own(name) || reserved_.contains(name); }

Verdict IdentityStrip::handle(Exchange& exchange) {
    auto& fields = exchange.request.fields;
    const std::size_t own = std::erase_if(fields, [](const http::Field& field) { return is_own(field.name); });
    const std::size_t stripped = own + reserved_.strip(fields);
    if (stripped != 0) stripped_.add(static_cast<double>(stripped));
    return Verdict::next;
}

}  // namespace gatehouse::pipeline
