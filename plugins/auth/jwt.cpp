#include "plugins/auth/jwt.hpp"

#include <algorithm>
#include <charconv>

#include "plugins/auth/base64url.hpp"
#include "plugins/auth/crypto.hpp"
#include "plugins/auth/token_json.hpp"

namespace auth {
namespace {

constexpr std::string_view kType = "at+jwt";
constexpr std::size_t kNameCharactersMax = 64, kRolesMax = 32;

std::string header_for(const SigningKey& key) {
    return R"({"alg":")" + std::string(to_string(key.algorithm())) + R"(","typ":"at+jwt","kid":)" +
           json_quoted(key.id()) + "}";
}

std::string json_list(const std::vector<std::string>& texts) {
    std::string list = "[";
    for (const std::string& text : texts) {
        if (list.size() > 1) list += ',';
        list += json_quoted(text);
    }
    return list + "]";
}

// Decimal, positive, without a sign or leading zeros: one spelling per id.
std::optional<std::int64_t> parse_id(const std::string* text) {
    if (text == nullptr || text->empty() || text->front() < '1' || text->front() > '9') return std::nullopt;
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), id);
    if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
    return id;
}

bool is_for(const TokenObject& claims, const std::string& audience) {
    if (const std::string* one = claims.text("aud")) return *one == audience;
    const auto* several = claims.texts("aud");
    return several != nullptr && std::find(several->begin(), several->end(), audience) != several->end();
}

}  // namespace

std::string_view to_string(Refusal refusal) {
    switch (refusal) {
        case Refusal::none: return "none";
        case Refusal::too_large: return "too_large";
        case Refusal::malformed: return "malformed";
        case Refusal::wrong_header: return "wrong_header";
        case Refusal::unknown_key: return "unknown_key";
        case Refusal::bad_signature: return "bad_signature";
        case Refusal::bad_claims: return "bad_claims";
        case Refusal::not_in_force: return "not_in_force";
    }
    return {};
}

Tokens::Tokens(const KeyRing& keys, TokenRules rules)
    : keys_(keys), rules_(std::move(rules)), own_header_(base64url_encode(header_for(keys.signer()))) {}

std::string Tokens::issue(Claims claims, Seconds now) const {
    const auto issued = std::to_string(now.time_since_epoch().count());
    const auto expires = std::to_string((now + rules_.lifetime).time_since_epoch().count());
    const std::string payload = R"({"iss":)" + json_quoted(rules_.issuer) + R"(,"aud":)" +
                                json_quoted(rules_.audience) + R"(,"sub":")" + std::to_string(claims.user_id) +
                                R"(","username":)" + json_quoted(claims.username) + R"(,"roles":)" +
                                json_list(claims.roles) + R"(,"sid":")" + std::to_string(claims.session_id) +
                                R"(","ver":)" + std::to_string(claims.version) + R"(,"jti":")" + random_text(16) +
                                R"(","iat":)" + issued + R"(,"nbf":)" + issued + R"(,"exp":)" + expires + "}";
    std::string token = own_header_ + "." + base64url_encode(payload);
    const std::string signature = base64url_encode(keys_.signer().sign(token));
    return token.append(".").append(signature);
}

Verdict Tokens::verify(std::string_view token, Seconds now) const {
    if (token.size() > kTokenBytesMax) return {{}, Refusal::too_large};
    const auto first_dot = token.find('.');
    const auto second_dot = first_dot == token.npos ? token.npos : token.find('.', first_dot + 1);
    if (second_dot == token.npos || token.find('.', second_dot + 1) != token.npos) return {{}, Refusal::malformed};

    Refusal refusal = Refusal::none;
    const SigningKey* key = key_for(token.substr(0, first_dot), now, refusal);
    if (key == nullptr) return {{}, refusal};

    const auto payload = base64url_decode(token.substr(first_dot + 1, second_dot - first_dot - 1));
    const auto signature = base64url_decode(token.substr(second_dot + 1));
    if (!payload || !signature || signature->empty()) return {{}, Refusal::malformed};
    if (!key->verify(token.substr(0, second_dot), *signature)) return {{}, Refusal::bad_signature};
    return check_claims(*payload, now);
}

const SigningKey* Tokens::key_for(std::string_view encoded_header, Seconds now, Refusal& refusal) const {
    if (encoded_header == own_header_) return &keys_.signer();
    const auto text = base64url_decode(encoded_header);
    const auto header = text ? TokenObject::parse(*text) : std::nullopt;
    if (!header) {
        refusal = Refusal::malformed;
        return nullptr;
    }
    refusal = Refusal::wrong_header;
    const std::string* type = header->text("typ");
    const std::string* algorithm = header->text("alg");
    const std::string* id = header->text("kid");
    if (type == nullptr || *type != kType || algorithm == nullptr || id == nullptr) return nullptr;
    for (const auto* name : {"crit", "b64", "zip", "enc", "jwk", "jku", "x5u", "x5c"}) {
        if (header->contains(name)) return nullptr;  // we understand none of them and fetch nothing
    }
    const SigningKey* key = keys_.find(*id, now);
    if (key == nullptr) {
        refusal = Refusal::unknown_key;
        return nullptr;
    }
    if (*algorithm != to_string(key->algorithm())) return nullptr;
    refusal = Refusal::none;
    return key;
}

Verdict Tokens::check_claims(std::string_view payload, Seconds now) const {
    const Verdict bad{{}, Refusal::bad_claims};
    const auto object = TokenObject::parse(payload);
    if (!object) return bad;
    const std::string* issuer = object->text("iss");
    const std::string* name = object->text("username");
    const std::string* id = object->text("jti");
    const auto* roles = object->texts("roles");
    const auto user_id = parse_id(object->text("sub"));
    const auto session_id = parse_id(object->text("sid"));
    const std::int64_t* version = object->integer("ver");
    const std::int64_t* issued = object->integer("iat");
    const std::int64_t* not_before = object->integer("nbf");
    const std::int64_t* expires = object->integer("exp");
    if (!issuer || *issuer != rules_.issuer || !is_for(*object, rules_.audience)) return bad;
    if (!name || name->empty() || name->size() > kNameCharactersMax || !id || !roles || roles->size() > kRolesMax)
        return bad;
    if (!user_id || !session_id || !version || !issued || !not_before || !expires) return bad;

    const std::int64_t at = now.time_since_epoch().count(), skew = rules_.clock_skew.count();
    const bool in_force = *expires > at && *expires <= at + rules_.lifetime.count() + skew &&  //
                          *not_before <= at + skew && *issued <= at + skew && *issued >= 0;
    if (!in_force) return {{}, Refusal::not_in_force};
    return {Claims{.user_id = *user_id,
                   .username = *name,
                   .roles = *roles,
                   .session_id = *session_id,
                   .version = *version,
                   .id = *id,
                   .issued_at = Seconds(std::chrono::seconds(*issued)),
                   .expires_at = Seconds(std::chrono::seconds(*expires))},
            Refusal::none};
}

}  // namespace auth
