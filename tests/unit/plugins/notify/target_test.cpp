// Where webhooks may go, and where nobody may send them.
#include "plugins/notify/webhook/target.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <gtest/gtest.h>

#include <string>

namespace {

using notify::fault_of_url;
using notify::Reach;

struct AddressCase {
    const char* name;
    const char* address;
    bool is_public;
};

bool is_public(const std::string& text) {
    sockaddr_storage storage{};
    auto& four = reinterpret_cast<sockaddr_in&>(storage);
    auto& six = reinterpret_cast<sockaddr_in6&>(storage);
    if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
        storage.ss_family = AF_INET;
    } else {
        EXPECT_EQ(::inet_pton(AF_INET6, text.c_str(), &six.sin6_addr), 1) << text;
        storage.ss_family = AF_INET6;
    }
    return notify::is_public(reinterpret_cast<const sockaddr&>(storage));
}

class AddressTest : public ::testing::TestWithParam<AddressCase> {};

TEST_P(AddressTest, IsPublicOrNot) { EXPECT_EQ(is_public(GetParam().address), GetParam().is_public); }

INSTANTIATE_TEST_SUITE_P(
    Addresses, AddressTest,
    ::testing::Values(
        AddressCase{"Internet", "93.184.216.34", true}, AddressCase{"Resolver", "8.8.8.8", true},
        AddressCase{"BeforeTen", "9.255.255.255", true}, AddressCase{"Ten", "10.0.0.1", false},
        AddressCase{"TenEnd", "10.255.255.255", false}, AddressCase{"AfterTen", "11.0.0.0", true},
        AddressCase{"ThisNetwork", "0.0.0.0", false}, AddressCase{"Shared", "100.64.0.1", false},
        AddressCase{"SharedEnd", "100.127.255.255", false}, AddressCase{"AfterShared", "100.128.0.0", true},
        AddressCase{"Loopback", "127.0.0.1", false}, AddressCase{"LoopbackEnd", "127.255.255.255", false},
        AddressCase{"LinkLocal", "169.254.0.1", false}, AddressCase{"Metadata", "169.254.169.254", false},
        AddressCase{"BeforePrivate", "172.15.255.255", true}, AddressCase{"Private", "172.16.0.1", false},
        AddressCase{"PrivateEnd", "172.31.255.255", false}, AddressCase{"AfterPrivate", "172.32.0.0", true},
        AddressCase{"Home", "192.168.1.1", false}, AddressCase{"Protocols", "192.0.0.8", false},
        AddressCase{"Documentation", "192.0.2.1", false}, AddressCase{"Benchmarks", "198.19.0.1", false},
        AddressCase{"Multicast", "224.0.0.1", false}, AddressCase{"Reserved", "240.0.0.1", false},
        AddressCase{"Broadcast", "255.255.255.255", false}, AddressCase{"Internet6", "2606:2800:220:1::1", true},
        AddressCase{"Resolver6", "2001:4860:4860::8888", true}, AddressCase{"Unspecified6", "::", false},
        AddressCase{"Loopback6", "::1", false}, AddressCase{"Mapped", "::ffff:127.0.0.1", false},
        AddressCase{"MappedPrivate", "::ffff:10.1.2.3", false}, AddressCase{"MappedPublic", "::ffff:8.8.8.8", true},
        AddressCase{"Compatible", "::127.0.0.1", false}, AddressCase{"TranslatedPrivate", "64:ff9b::10.0.0.1", false},
        AddressCase{"TranslatedPublic", "64:ff9b::8.8.8.8", true},
        AddressCase{"LocalTranslated", "64:ff9b:1::1", false}, AddressCase{"UniqueLocal", "fd00::1", false},
        AddressCase{"LinkLocal6", "fe80::1", false}, AddressCase{"SiteLocal", "fec0::1", false},
        AddressCase{"Multicast6", "ff02::1", false}, AddressCase{"Documentation6", "2001:db8::1", false},
        AddressCase{"Teredo", "2001::1", false}, AddressCase{"SixToFour", "2002:7f00:1::", false}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(AddressTest, OtherFamiliesAreNotPublic) {
    sockaddr local{};
    local.sa_family = AF_UNIX;
    EXPECT_FALSE(notify::is_public(local));
}

TEST(TargetTest, AUrlThatIsGood) {
    for (const char* const good :
         {"https://example.com", "http://example.com:8080/hook?token=x", "https://example.com./",
          "https://93.184.216.34/", "https://[2606:2800:220:1::1]/hook"}) {
        EXPECT_EQ(fault_of_url(good, Reach::public_only), "") << good;
    }
}

TEST(TargetTest, AUrlThatIsNone) {
    for (const char* const bad :
         {"", "example.com", "/hook", "//example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://x/",
          "unix:///run/x.sock", "javascript:alert(1)", "https://", "https://user@example.com/",
          "https://user:word@example.com/", "https://example.com/#part", "https://example.com:99999/",
          "https://exa mple.com/", "https://example.com/\r\nHost: x"}) {
        EXPECT_NE(fault_of_url(bad, Reach::everywhere), "") << bad;
    }
}

TEST(TargetTest, APortWhereSomethingElseListensIsRefused) {
    for (const char* const port : {"0", "1", "22", "025", "25", "79", "081", "110", "465", "587", "993", "1023", "3306",
                                   "5432", "6379", "11211", "27017"}) {
        for (const Reach reach : {Reach::public_only, Reach::everywhere}) {
            EXPECT_NE(fault_of_url("http://example.com:" + std::string(port) + "/", reach), "") << port;
        }
    }
    for (const char* const port : {"", ":80", ":080", ":443", ":1024", ":8080", ":8443", ":10000", ":65535"}) {
        EXPECT_EQ(fault_of_url("https://example.com" + std::string(port) + "/", Reach::public_only), "") << port;
    }
}

TEST(TargetTest, WhatIsPlainlyPrivateIsRefusedUnlessAllowed) {
    for (const char* const inside :
         {"http://localhost/", "http://LOCALHOST./", "http://a.localhost:8081/", "http://127.0.0.1/", "http://127.1/",
          "http://2130706433/", "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://0/", "http://10.1.2.3/",
          "http://169.254.169.254/latest/meta-data", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[fe80::1]/",
          "http://[fd12::1]:8080/"}) {
        EXPECT_NE(fault_of_url(inside, Reach::public_only), "") << inside;
        EXPECT_EQ(fault_of_url(inside, Reach::everywhere), "") << inside;
    }
}

TEST(TargetTest, TheOriginTellsNothingOfThePath) {
    EXPECT_EQ(notify::origin_of_url("https://example.com:8443/secret?x=y"), "https://example.com:8443");
}

}  // namespace
