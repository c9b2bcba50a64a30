#include "gateway/config/addresses.hpp"

#include <gtest/gtest.h>

#include "gateway/config/database_url.hpp"

namespace gatehouse::config {
namespace {

TEST(AddressesTest, ListenersRoundTrip) {
    for (const char* text :
         {"127.0.0.1:8080", "0.0.0.0:0", "[::]:65535", "[::1]:1", "unix:/run/gw.sock", "unix:gw.sock"}) {
        const auto listener = parse_listener(text);
        ASSERT_TRUE(listener) << text;
        EXPECT_EQ(format_listener(*listener), text);
    }
}

TEST(AddressesTest, BadListenersAreRefused) {
    for (const char* text : {"", ":", ":8080", "*:8080", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                             "127.0.0.1:-1", "127.0.0.1:80 ", "localhost:80", "::1:80", "[::1]", "[::1:80", "[::1]x:80",
                             "[127.0.0.1]:80", "unix:", "1.2.3.4.5:80"}) {
        EXPECT_FALSE(parse_listener(text)) << text;
    }
    EXPECT_FALSE(parse_listener("unix:" + std::string(108, 'x')));
    EXPECT_TRUE(parse_listener("unix:" + std::string(107, 'x')));
}

TEST(AddressesTest, EndpointsRoundTrip) {
    for (const char* text : {"plugin:users", "spawn:users", "http://10.0.4.7:9004", "http://orders.internal:80",
                             "http://[::1]:9003", "http+unix:/run/posts.sock"}) {
        const auto endpoint = parse_endpoint(text);
        ASSERT_TRUE(endpoint) << text;
        EXPECT_EQ(format_endpoint(*endpoint), text);
    }
    EXPECT_EQ(parse_endpoint("http://Orders/")->host, "orders");
    EXPECT_EQ(parse_endpoint("http://orders")->port, 80);
}

TEST(AddressesTest, BadEndpointsAreRefused) {
    for (const char* text :
         {"", "users", "plugin:", "plugin:../x", "spawn:", "spawn:A", "plugin:Users", "http://", "http://:80",
          "http://a:0", "http://a:b", "http://a/b", "http://u@h", "http://a b", "http+unix:", "ftp://a"}) {
        const auto endpoint = parse_endpoint(text);
        ASSERT_FALSE(endpoint) << text;
        EXPECT_FALSE(endpoint.error().is_not_supported) << text;
    }
    for (const char* text : {"https://a", "h2c://a", "grpc://a"}) {
        const auto endpoint = parse_endpoint(text);
        ASSERT_FALSE(endpoint) << text;
        EXPECT_TRUE(endpoint.error().is_not_supported) << text;
    }
}

TEST(AddressesTest, NetworksRoundTrip) {
    for (const char* text : {"10.0.0.0/8", "127.0.0.1/32", "0.0.0.0/0", "2001:db8::/32", "::1/128", "::/0"}) {
        const auto network = parse_network(text);
        ASSERT_TRUE(network) << text;
        EXPECT_EQ(format_network(*network), text);
    }
    EXPECT_EQ(parse_network("192.0.2.1")->prefix_bits, 128);
}

TEST(AddressesTest, BadNetworksAreRefused) {
    for (const char* text : {"", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/-1", "10.0.0",
                             "::1/129", "2001:db8::1/32", "host"}) {
        EXPECT_FALSE(parse_network(text)) << text;
    }
}

TEST(AddressesTest, LocalListenersAreKnown) {
    EXPECT_TRUE(is_local(*parse_listener("127.0.0.2:1")));
    EXPECT_TRUE(is_local(*parse_listener("[::1]:1")));
    EXPECT_TRUE(is_local(*parse_listener("unix:x")));
    EXPECT_FALSE(is_local(*parse_listener("0.0.0.0:1")));
    EXPECT_FALSE(is_local(*parse_listener("10.0.0.1:1")));
}

TEST(DatabaseUrlTest, EachServiceGetsItsOwn) {
    EXPECT_EQ(database_of_service("sqlite:var/data", "posts"), "sqlite:var/data/posts.db");
    EXPECT_EQ(database_of_service("sqlite:/data/", "posts"), "sqlite:/data/posts.db");
    EXPECT_EQ(database_of_service("sqlite::memory:", "posts"), "sqlite::memory:");
    EXPECT_EQ(database_of_service("postgresql://h/db", "my-posts"), "postgresql://h/db?schema=my_posts");
    EXPECT_EQ(database_of_service("postgresql://h/db?sslmode=require", "posts"),
              "postgresql://h/db?sslmode=require&schema=posts");
    EXPECT_EQ(database_of_service("postgresql://h/db?schema=x", "posts"), "postgresql://h/db?schema=x");
}

TEST(DatabaseUrlTest, PasswordsAreBlottedOut) {
    EXPECT_EQ(without_password("postgresql://u:p@h/db"), "postgresql://u:***@h/db");
    EXPECT_EQ(without_password("postgresql://u:p@x@h/db"), "postgresql://u:***@h/db");
    EXPECT_EQ(without_password("postgresql://u@h:5432/db"), "postgresql://u@h:5432/db");
    EXPECT_EQ(without_password("postgresql:///db?host=/tmp&password=p&x=1"),
              "postgresql:///db?host=/tmp&password=***&x=1");
    EXPECT_EQ(without_password("sqlite:var/data"), "sqlite:var/data");
}

}  // namespace
}  // namespace gatehouse::config
