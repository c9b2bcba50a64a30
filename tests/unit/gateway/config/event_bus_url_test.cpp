#include "gateway/config/event_bus_url.hpp"

#include <gtest/gtest.h>

namespace gatehouse::config {
namespace {

struct Case {
    const char* name;
    const char* text;
    Events::Bus bus;
    const char* where;  // host:port of RabbitMQ, brokers of Kafka
    const char* user;
    const char* vhost;
    bool is_tls;
};
class EventBusUrlTest : public ::testing::TestWithParam<Case> {};

TEST_P(EventBusUrlTest, IsUnderstood) {
    const auto parsed = parse_event_bus(GetParam().text);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->bus, GetParam().bus);
    EXPECT_EQ(
        parsed->bus == Events::Bus::rabbitmq ? parsed->host + ":" + std::to_string(parsed->port) : parsed->brokers,
        GetParam().where);
    EXPECT_EQ(parsed->user, GetParam().user);
    EXPECT_EQ(parsed->vhost, GetParam().vhost);
    EXPECT_EQ(parsed->is_tls, GetParam().is_tls);
    EXPECT_EQ(parsed->url, GetParam().text);
}

constexpr auto kEmbedded = Events::Bus::embedded;
constexpr auto kRabbit = Events::Bus::rabbitmq;
constexpr auto kKafka = Events::Bus::kafka;
INSTANTIATE_TEST_SUITE_P(
    Good, EventBusUrlTest,
    ::testing::Values(Case{"Embedded", "embedded", kEmbedded, "", "", "/", false},
                      Case{"Host", "amqp://broker", kRabbit, "broker:5672", "", "/", false},
                      Case{"Everything", "amqps://ann@10.0.0.1:99/shop", kRabbit, "10.0.0.1:99", "ann", "shop", true},
                      Case{"DefaultPortOfTls", "amqps://broker/", kRabbit, "broker:5671", "", "/", true},
                      Case{"Ipv6", "amqp://[::1]:7", kRabbit, "::1:7", "", "/", false},
                      Case{"OneBroker", "kafka://k1", kKafka, "k1:9092", "", "/", false},
                      Case{"Brokers", "kafkas://ann@k1:1,k2,[::1]:3", kKafka, "k1:1,k2:9092,[::1]:3", "ann", "/",
                           true}),
    [](const auto& test) { return std::string(test.param.name); });

class BadEventBusUrlTest : public ::testing::TestWithParam<const char*> {};

TEST_P(BadEventBusUrlTest, IsRefusedWithHelp) {
    const auto parsed = parse_event_bus(GetParam());
    ASSERT_FALSE(parsed);
    EXPECT_FALSE(parsed.error().message.empty());
    EXPECT_FALSE(parsed.error().help.empty());
}

INSTANTIATE_TEST_SUITE_P(Texts, BadEventBusUrlTest,
                         ::testing::Values("", "rabbitmq", "http://h", "amqp://", "amqp://h:0", "amqp://h:65536",
                                           "amqp://h:x", "amqp://h:", "amqp://ann:secret@h", "amqp://@h",
                                           "amqp://a b@h", "amqp://h/a b", "amqp://[::1", "amqp://[x]:1",
                                           "amqp://[::1]x", "kafka://", "kafka://a,,b", "kafka://a,",
                                           "kafka://ann:secret@a"));

}  // namespace
}  // namespace gatehouse::config
