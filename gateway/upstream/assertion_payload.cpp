#include "gateway/upstream/assertion_payload.hpp"

#include <algorithm>

namespace gatehouse::upstream {

namespace {

constexpr std::size_t kValueBytesMax = 0xffff;
constexpr std::size_t kRolesMax = 0xff;

void append_number(std::string& out, std::uint64_t value, int octets) {
    for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift & 0xff));
}

bool append_value(std::string& out, std::string_view value) {
    if (value.size() > kValueBytesMax) return false;
    append_number(out, value.size(), 2);
    out.append(value);
    return true;
}

bool append_target(std::string& out, const AssertedRequest& request) {
    const std::size_t size = request.path.size() + (request.has_query ? 1 + request.query.size() : 0);
    if (size > kValueBytesMax) return false;
    append_number(out, size, 2);
    out.append(request.path);
    if (request.has_query) out.append("?").append(request.query);
    return true;
}

// Takes values off the front; once something is missing everything is.
class Reader final {
public:
    explicit Reader(std::string_view rest) : rest_(rest) {}
    bool ok() const { return ok_; }
    std::string_view rest() const { return rest_; }
    std::string_view octets(std::size_t size) {
        if (!ok_ || rest_.size() < size) {
            ok_ = false;
            return {};
        }
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    std::uint64_t number(std::size_t size) {
        std::uint64_t value = 0;
        for (const char c : octets(size)) value = value << 8 | static_cast<unsigned char>(c);
        return value;
    }
    std::string_view value() { return octets(number(2)); }

private:
    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace

bool append_payload(std::string& out, const AssertedRequest& request, const AssertedIdentity& identity,
                    std::int64_t unix_seconds, const Nonce& nonce) {
    append_number(out, static_cast<std::uint64_t>(unix_seconds), 8);
    out.append(reinterpret_cast<const char*>(nonce.data()), nonce.size());
    const bool fits = append_value(out, request.audience) && append_value(out, request.method) &&
                      append_target(out, request) && append_value(out, identity.id) &&
                      append_value(out, identity.name) && append_value(out, identity.session) &&
                      append_value(out, identity.service) && identity.roles.size() <= kRolesMax;
    if (!fits) return false;
    append_number(out, identity.roles.size(), 1);
    return std::all_of(identity.roles.begin(), identity.roles.end(),
                       [&out](const std::string& role) { return append_value(out, role); });
}

bool read_payload(std::string_view octets, AssertionPayload& payload) {
    Reader reader(octets);
    payload.issued_at = static_cast<std::int64_t>(reader.number(8));
    const std::string_view nonce = reader.octets(payload.nonce.size());
    std::copy(nonce.begin(), nonce.end(), payload.nonce.begin());
    for (std::string_view* value : {&payload.audience, &payload.method, &payload.target, &payload.id, &payload.name,
                                    &payload.session, &payload.service}) {
        *value = reader.value();
    }
    payload.role_count = reader.number(1);
    payload.roles = reader.rest();
    for (std::size_t i = 0; i < payload.role_count; ++i) reader.value();
    return reader.ok() && reader.rest().empty();
}

std::string_view next_role(AssertionPayload& payload) {
    Reader reader(payload.roles);
    const std::string_view role = reader.value();
    payload.roles = reader.rest();
    --payload.role_count;
    return role;
}

bool is_target_of(std::string_view target, const AssertedRequest& request) {
    if (!request.has_query) return target == request.path;
    return target.size() == request.path.size() + 1 + request.query.size() && target.starts_with(request.path) &&
           target[request.path.size()] == '?' && target.ends_with(request.query);
}

}  // namespace gatehouse::upstream
