#include "gateway/config/codes.hpp"

namespace gatehouse::config {

namespace {

constexpr Code kAll[] = {
    codes::file_unreadable,
    codes::file_too_large,
    codes::not_text,
    codes::syntax,
    codes::too_deep,
    codes::too_many_values,
    codes::duplicate_key,
    codes::yaml_boolean,
    codes::yaml_feature,
    codes::unknown_key,
    codes::missing_key,
    codes::not_supported,
    codes::excluded_key,
    codes::bad_name,
    codes::wrong_type,
    codes::no_unit,
    codes::malformed,
    codes::out_of_range,
    codes::not_a_choice,
    codes::unknown_authenticator,
    codes::unknown_policy,
    codes::unknown_service,
    codes::bad_path,
    codes::bad_host,
    codes::bad_method,
    codes::route_conflict,
    codes::route_shadowed,
    codes::route_target,
    codes::rewrite_mismatch,
    codes::auth_loop,
    codes::not_identity_header,
    codes::needs_user,
    codes::cache_key_incomplete,
    codes::admin_exposed,
    codes::cors_for_all,
    codes::literal_secret,
    codes::missing_secret,
    codes::short_secret,
    codes::unsigned_service,
    codes::unsigned_callers,
    codes::connect_exceeds_total,
    codes::bad_address,
    codes::duplicate_listener,
    codes::repeated_home,
    codes::bad_weights,
};

}  // namespace

std::span<const Code> all_codes() { return kAll; }

}  // namespace gatehouse::config
