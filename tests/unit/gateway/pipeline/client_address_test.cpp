#include "gateway/pipeline/client_address.hpp"

#include <gtest/gtest.h>

namespace gatehouse::pipeline {

namespace {

config::Network network(std::string_view address, int prefix_bits) {
    config::Network result;
    result.address = *parse_address(address);
    result.prefix_bits = prefix_bits;
    return result;
}

TEST(ClientAddressTest, ReadsAddressesWithAndWithoutPorts) {
    const auto plain = parse_address("192.0.2.1");
    ASSERT_TRUE(plain);
    EXPECT_EQ(parse_address("192.0.2.1:80"), plain);
    EXPECT_EQ(parse_address("::ffff:192.0.2.1"), plain);
    EXPECT_EQ(parse_address("[2001:db8::1]:443"), parse_address("2001:db8::1"));
    for (const char* bad : {"", "unknown", "1.2.3", "1.2.3.4.5", "[::1", "300.1.1.1", "a:b"}) {
        EXPECT_FALSE(parse_address(bad)) << bad;
    }
}

TEST(ClientAddressTest, ComparesPrefixesBitByBit) {
    const config::Network ten = network("10.0.0.0", 96 + 8);
    EXPECT_TRUE(is_in(*parse_address("10.255.0.1"), ten));
    EXPECT_FALSE(is_in(*parse_address("11.0.0.1"), ten));
    const config::Network odd = network("192.0.2.128", 96 + 25);
    EXPECT_TRUE(is_in(*parse_address("192.0.2.129"), odd));
    EXPECT_FALSE(is_in(*parse_address("192.0.2.127"), odd));
    EXPECT_TRUE(is_in(*parse_address("2001:db8::5"), network("::", 0)));
}

struct Hops {
    const char* peer;
    const char* forwarded_for;
    const char* client;
};

class FindClientTest : public ::testing::TestWithParam<Hops> {};

TEST_P(FindClientTest, TakesTheRightmostHopThatIsNotTrusted) {
    Exchange exchange;
    exchange.client.peer = GetParam().peer;
    exchange.request.fields = {{"x-forwarded-for", GetParam().forwarded_for}};
    find_client(exchange, *parse_address(GetParam().peer), {network("10.0.0.0", 96 + 8)});
    EXPECT_EQ(exchange.client.address, GetParam().client);
    EXPECT_EQ(exchange.client.octets, *parse_address(GetParam().client));
}

const Hops kHops[] = {
    {"192.0.2.1", "203.0.113.9", "192.0.2.1"},             // not from a proxy: not believed
    {"10.0.0.1", "203.0.113.9", "203.0.113.9"},            //
    {"10.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"},   // what the client said itself is not believed
    {"10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"},  //
    {"10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},        // all trusted: the farthest
    {"10.0.0.1", "203.0.113.9, junk, 10.0.0.2", "10.0.0.2"},
    {"10.0.0.1", "junk", "10.0.0.1"},
};
INSTANTIATE_TEST_SUITE_P(Table, FindClientTest, ::testing::ValuesIn(kHops));

}  // namespace

}  // namespace gatehouse::pipeline
