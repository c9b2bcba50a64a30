#include "gateway/pipeline/filters/keyed_hash.hpp"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <cstring>
#include <memory>

namespace gatehouse::pipeline {
namespace {

Hash128 by_openssl(const KeyedHash::Key& key, std::string_view text) {
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(EVP_MAC_fetch(nullptr, "SIPHASH", nullptr),
                                                                &EVP_MAC_free);
    const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(EVP_MAC_CTX_new(mac.get()),
                                                                            &EVP_MAC_CTX_free);
    EVP_MAC_init(context.get(), reinterpret_cast<const unsigned char*>(key.data()), sizeof key, nullptr);
    EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
    unsigned char out[16];
    std::size_t size = 0;
    EVP_MAC_final(context.get(), out, &size, sizeof out);
    Hash128 result;
    std::memcpy(&result.low, out, 8);
    std::memcpy(&result.high, out + 8, 8);
    return result;
}

TEST(KeyedHash, AgreesWithOpenSsl) {
    const KeyedHash::Key key = KeyedHash::random_key();
    std::string text;
    for (int size = 0; size < 300; ++size) {
        EXPECT_EQ(KeyedHash::of(key, text), by_openssl(key, text)) << size;
        text.push_back(static_cast<char>(size * 37));
    }
}

TEST(KeyedHash, TellsPartsApart) {
    const KeyedHash::Key key = KeyedHash::random_key();
    const auto of_parts = [&key](std::string_view first, std::string_view second) {
        KeyedHash hash(key);
        hash.add(first);
        hash.add(second);
        return hash.finish();
    };
    EXPECT_EQ(of_parts("ab", "c"), of_parts("ab", "c"));
    EXPECT_FALSE(of_parts("ab", "c") == of_parts("a", "bc"));
    EXPECT_FALSE(of_parts("", "a") == of_parts("a", ""));
    EXPECT_FALSE(of_parts(std::string_view("a\0", 2), "") == of_parts("a", ""));
}

TEST(KeyedHash, DependsOnTheKey) {
    EXPECT_FALSE(KeyedHash::of(KeyedHash::random_key(), "x") == KeyedHash::of(KeyedHash::random_key(), "x"));
}

}  // namespace
}  // namespace gatehouse::pipeline
