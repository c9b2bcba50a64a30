#pragma once

#include <span>
#include <string_view>

// Every kind of finding has a code that stays the same for ever: people search for it, tools filter by it.
namespace gatehouse::config {

struct Code {
    std::string_view id;
    std::string_view title;  // completes "the file has …"
};

namespace codes {

inline constexpr Code file_unreadable{"Y101", "a file that cannot be read"};
inline constexpr Code file_too_large{"Y102", "a file larger than 1 MiB"};
inline constexpr Code not_text{"Y103", "bytes that are not UTF-8 text"};
inline constexpr Code syntax{"Y104", "text that is not YAML"};
inline constexpr Code too_deep{"Y105", "values nested deeper than 24 levels"};
inline constexpr Code too_many_values{"Y106", "more than 50 000 values once every alias is expanded"};
inline constexpr Code duplicate_key{"Y107", "the same key twice in one object"};
inline constexpr Code yaml_boolean{"Y108", "a bare word that YAML 1.1 reads as a boolean or as nothing"};
inline constexpr Code yaml_feature{"Y109",
                                   "a YAML feature that is not allowed here: tags, merge keys, several documents"};

inline constexpr Code unknown_key{"K101", "a key that does not exist at this place"};
inline constexpr Code missing_key{"K102", "a required key that is missing"};
inline constexpr Code not_supported{"K103", "a part of the schema that this version does not support yet"};
inline constexpr Code excluded_key{"K104", "keys that exclude each other"};
inline constexpr Code bad_name{"K105", "a name that cannot be used"};

inline constexpr Code wrong_type{"T101", "a value of the wrong type"};
inline constexpr Code no_unit{"T102", "a number without its unit"};
inline constexpr Code malformed{"T103", "a value that cannot be understood"};
inline constexpr Code out_of_range{"T104", "a value outside its range"};
inline constexpr Code not_a_choice{"T105", "a word that is not one of the choices"};

inline constexpr Code unknown_authenticator{"R201", "a reference to an authenticator that auth: does not define"};
inline constexpr Code unknown_policy{"R202", "a reference to a policy that policies: does not define"};
inline constexpr Code unknown_service{"R203", "a reference to a service that services: does not define"};

inline constexpr Code bad_path{"R301", "a path pattern that is not well-formed"};
inline constexpr Code bad_host{"R302", "a host that is not well-formed"};
inline constexpr Code bad_method{"R303", "a method that is not an HTTP token in capitals"};
inline constexpr Code route_conflict{"R304", "two routes that match the same requests equally well"};
inline constexpr Code route_shadowed{"R305", "a route that no request can reach"};
inline constexpr Code route_target{"R306", "a route without exactly one of to and redirect"};
inline constexpr Code rewrite_mismatch{"R307", "a rewrite or redirect that does not fit its path"};

inline constexpr Code auth_loop{"A401", "a verifier that is reachable only with what it verifies"};
inline constexpr Code not_identity_header{"A402", "a taken header that is not an identity header"};
inline constexpr Code needs_user{"A403", "a rule about users on a route without authentication"};
inline constexpr Code cache_key_incomplete{"A404", "a decision cache whose key leaves out what the verifier sees"};
inline constexpr Code admin_exposed{"A405", "an admin listener that other machines reach without a token"};
inline constexpr Code cors_for_all{"A406", "CORS with cookies for every origin"};

inline constexpr Code literal_secret{"S501", "a secret written into the file"};
inline constexpr Code missing_secret{"S502", "a secret whose variable or file does not exist"};
inline constexpr Code short_secret{"S503", "a secret shorter than 32 bytes"};
inline constexpr Code unsigned_service{"S504", "a served backend without a key to sign its requests with"};
inline constexpr Code unsigned_callers{"S505", "an internal listener without a key to know its callers by"};

inline constexpr Code connect_exceeds_total{"L601", "a connect timeout longer than the total timeout"};
inline constexpr Code bad_address{"L602", "an address that cannot be listened on or reached"};
inline constexpr Code duplicate_listener{"L603", "two listeners on one address"};
inline constexpr Code repeated_home{"L604", "two plugins or two child processes in one service"};
inline constexpr Code bad_weights{"L605", "weights that do not go with their list"};

}  // namespace codes

// All of them, in order.
std::span<const Code> all_codes();

}  // namespace gatehouse::config
