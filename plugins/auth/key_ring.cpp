#include "plugins/auth/key_ring.hpp"

namespace auth {

KeyRing::KeyRing(std::unique_ptr<SigningKey> signer, std::vector<RetiringKey> retiring)
    : signer_(std::move(signer)), retiring_(std::move(retiring)) {
    if (!signer_->can_sign()) throw KeyError("signing_key is a public key; it must be a private one");
    for (std::size_t i = 0; i < retiring_.size(); ++i) {
        bool known = retiring_[i].key->id() == signer_->id();
        for (std::size_t j = 0; j < i; ++j) known = known || retiring_[i].key->id() == retiring_[j].key->id();
        if (known) throw KeyError("verify_keys lists a key twice, or the signing key again");
    }
}

const SigningKey* KeyRing::find(std::string_view id, Seconds now) const {
    if (id == signer_->id()) return signer_.get();
    for (const RetiringKey& retiring : retiring_) {
        if (id == retiring.key->id()) return retiring.until && now >= *retiring.until ? nullptr : retiring.key.get();
    }
    return nullptr;
}

std::string KeyRing::public_keys(Seconds now) const {
    std::string list;
    const auto add = [&list](const SigningKey& key) {
        const auto jwk = key.public_jwk();
        if (!jwk) return;
        if (!list.empty()) list += ',';
        list += *jwk;
    };
    add(*signer_);
    for (const RetiringKey& retiring : retiring_) {
        if (!retiring.until || now < *retiring.until) add(*retiring.key);
    }
    return R"({"keys":[)" + list + "]}";
}

}  // namespace auth
