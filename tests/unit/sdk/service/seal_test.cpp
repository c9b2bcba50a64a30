#include <gatehouse/seal.hpp>

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

namespace gatehouse {
namespace {

const std::string kSecret(64, 's');

TEST(SealTest, OpensWhatWasSealedForTheSameContext) {
    const Sealer here(kSecret), there("\n " + kSecret + "\r\n");
    for (const std::string& text :
         {std::string(), std::string("12345678"), std::string("a\0b", 3), std::string(Sealer::kTextBytesMax, 'x')}) {
        const std::string sealed = here.seal(text, "event-1");
        EXPECT_TRUE(sealed.starts_with("v1."));
        EXPECT_EQ(there.open(sealed, "event-1"), text);
    }
    EXPECT_EQ(here.open(here.seal("text", ""), ""), "text");
}

TEST(SealTest, SaysNothingAboutTheText) {
    const Sealer sealer(kSecret);
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) seen.insert(sealer.seal("12345678", "event-1"));
    EXPECT_EQ(seen.size(), 100u) << "two equal texts are not recognised";
    for (const std::string& sealed : seen) EXPECT_EQ(sealed.find("12345678"), sealed.npos);
}

TEST(SealTest, NoOtherSecretOrContextOpensIt) {
    const Sealer sealer(kSecret);
    const std::string sealed = sealer.seal("12345678", "event-1");
    EXPECT_FALSE(sealer.open(sealed, "event-2"));
    EXPECT_FALSE(sealer.open(sealed, ""));
    EXPECT_FALSE(Sealer(kSecret + "s").open(sealed, "event-1"));
    EXPECT_FALSE(Sealer(std::string(64, 't')).open(sealed, "event-1"));
}

TEST(SealTest, NoticesEveryChangedCharacter) {
    const Sealer sealer(kSecret);
    const std::string sealed = sealer.seal("12345678", "event-1");
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        std::string changed = sealed;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(sealer.open(changed, "event-1")) << at;
        EXPECT_FALSE(sealer.open(sealed.substr(0, at), "event-1")) << at;
    }
    for (const std::string& other : {sealed + "A", sealed + "=", " " + sealed, std::string("v1."), std::string(),
                                     "v2." + sealed.substr(3), std::string(1'000'000, 'A')}) {
        EXPECT_FALSE(sealer.open(other, "event-1")) << other.substr(0, 80);
    }
}

// AES-256-GCM over a key from HKDF-SHA-256, as another implementation computes it.
TEST(SealTest, OpensATextThatAnotherImplementationSealed) {
    EXPECT_EQ(Sealer("0123456789abcdef0123456789abcdef")
                  .open("v1.AAECAwQFBgcICQoLXcR-1Zxl8nCfJAJyLX5JYGQc6LIvjgmk", "event-1"),
              "12345678");
}

TEST(SealTest, RefusesWhatIsNoSecretWithoutRepeatingIt) {
    for (const std::string& weak :
         {std::string(), std::string(31, 'x'), std::string(20, 'x') + std::string(30, '\n')}) {
        try {
            const Sealer sealer(weak);
            ADD_FAILURE() << weak.size();
        } catch (const std::invalid_argument& error) {
            EXPECT_EQ(std::string(error.what()).find("xx"), std::string::npos);
            EXPECT_NE(std::string(error.what()).find("openssl rand -hex 32"), std::string::npos);
        }
    }
    EXPECT_THROW(static_cast<void>(Sealer(kSecret).seal(std::string(Sealer::kTextBytesMax + 1, 'x'), "")),
                 std::invalid_argument);
}

}  // namespace
}  // namespace gatehouse
