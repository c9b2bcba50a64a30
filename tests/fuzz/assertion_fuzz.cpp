// Nothing but what the signer wrote is believed: the octets are taken as an assertion, as a changed assertion, and as a
// payload that carries a good signature.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "gateway/upstream/assertion.hpp"
#include "gateway/upstream/assertion_payload.hpp"

namespace {

using namespace gatehouse::upstream;
constexpr std::int64_t kNow = 1'700'000'000;
const AssertedRequest kRequest{"posts", "GET", "/api/posts/7", "a=b", true};

std::string changed(std::string text, const std::uint8_t* data, std::size_t size) {
    for (std::size_t i = 0; i + 2 < size; i += 3) {
        const std::size_t at = (data[i] * 256u + data[i + 1]) % text.size();
        text[at] = static_cast<char>(data[i + 2]);
    }
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::vector<std::string> keys = {std::string(32, 'k')};
    static const auto signer = AssertionSigner::create(keys[0]);
    const auto verifier = AssertionVerifier::create(keys, 64);
    VerifiedIdentity identity;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if ((*verifier)->verify(text, kRequest, kNow, identity) == AssertionFailure::none) std::abort();

    static const std::vector<std::string> roles = {"author"};
    std::string good;
    if (!(*signer)->sign(kRequest, {"u-1", "Ada", "s-1", "", roles}, kNow, good)) std::abort();
    const std::string other = changed(good, data, size);
    const AssertionFailure verdict = (*verifier)->verify(other, kRequest, kNow, identity);
    if ((verdict == AssertionFailure::none) != (other == good)) std::abort();

    AssertionPayload payload;
    if (!read_payload(text, payload)) return 0;
    std::string again;
    std::vector<std::string> read_roles;
    const AssertedRequest request{payload.audience, payload.method, payload.target, {}, false};
    const AssertedIdentity asserted{payload.id, payload.name, payload.session, payload.service, {}};
    while (payload.role_count > 0) read_roles.emplace_back(next_role(payload));
    AssertedIdentity with_roles = asserted;
    with_roles.roles = read_roles;
    if (!append_payload(again, request, with_roles, payload.issued_at, payload.nonce) || again != text) std::abort();
    return 0;
}
