#pragma once

#include <openssl/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace gatehouse::upstream {

// An HMAC-SHA-256 key. The keyed context is made once and copied per thread, so that computing a MAC neither fetches an
// algorithm nor hashes the key again.  compute() [any]
class AssertionKey final {
public:
    using Mac = std::array<std::uint8_t, 32>;

    explicit AssertionKey(std::string_view key);
    ~AssertionKey();
    AssertionKey(const AssertionKey&) = delete;
    AssertionKey& operator=(const AssertionKey&) = delete;

    // False only if OpenSSL fails.
    bool compute(std::string_view text, Mac& mac) const;

private:
    struct FreeContext {
        void operator()(EVP_MAC_CTX* context) const;
    };
    using Context = std::unique_ptr<EVP_MAC_CTX, FreeContext>;
    struct ThreadContexts;
    EVP_MAC_CTX* context_of_thread() const;

    std::uint64_t id_;  // never used again within the process
    Context keyed_;
};

}  // namespace gatehouse::upstream
