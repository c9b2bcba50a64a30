#include "gateway/upstream/assertion_key.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <atomic>
#include <stdexcept>
#include <utility>
#include <vector>

namespace gatehouse::upstream {

namespace {

EVP_MAC* hmac() {
    static EVP_MAC* const fetched = EVP_MAC_fetch(nullptr, "HMAC", nullptr);  // for the life of the process
    return fetched;
}

std::atomic<std::uint64_t> next_id{1};

}  // namespace

void AssertionKey::FreeContext::operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }

AssertionKey::AssertionKey(std::string_view key) : id_(next_id.fetch_add(1)), keyed_(EVP_MAC_CTX_new(hmac())) {
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    const auto* octets = reinterpret_cast<const unsigned char*>(key.data());
    if (keyed_ == nullptr || EVP_MAC_init(keyed_.get(), octets, key.size(), parameters) != 1) {
        throw std::runtime_error("OpenSSL offers no HMAC-SHA-256");
    }
}

AssertionKey::~AssertionKey() = default;

// One context per thread and key. A process has one key, or two while it rotates; the bound only keeps tests small.
struct AssertionKey::ThreadContexts {
    static constexpr std::size_t kMax = 8;
    std::vector<std::pair<std::uint64_t, Context>> by_id;
};

EVP_MAC_CTX* AssertionKey::context_of_thread() const {
    thread_local ThreadContexts contexts;
    for (const auto& [id, context] : contexts.by_id) {
        if (id == id_) return context.get();
    }
    if (contexts.by_id.size() == ThreadContexts::kMax) contexts.by_id.erase(contexts.by_id.begin());
    contexts.by_id.emplace_back(id_, Context(EVP_MAC_CTX_dup(keyed_.get())));
    return contexts.by_id.back().second.get();
}

// Initialising without a key starts a new message under the present one.
bool AssertionKey::compute(std::string_view text, Mac& mac) const {
    EVP_MAC_CTX* const context = context_of_thread();
    std::size_t size = 0;
    return context != nullptr && EVP_MAC_init(context, nullptr, 0, nullptr) == 1 &&
           EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1 &&
           EVP_MAC_final(context, mac.data(), &size, mac.size()) == 1 && size == mac.size();
}

}  // namespace gatehouse::upstream
