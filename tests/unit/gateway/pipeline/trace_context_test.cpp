#include "gateway/pipeline/trace_context.hpp"

#include <gtest/gtest.h>

namespace gatehouse::pipeline {

namespace {

constexpr std::string_view kGood = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceContextTest, KnowsGoodFromBad) {
    EXPECT_TRUE(is_valid_trace_parent(kGood));
    EXPECT_TRUE(is_valid_trace_parent("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"));
    for (const char* bad : {"", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                            "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}) {
        EXPECT_FALSE(is_valid_trace_parent(bad)) << bad;
    }
}

TEST(TraceContextTest, ContinuesAGoodTraceWithASpanOfItsOwn) {
    Exchange exchange;
    exchange.request.fields = {{"traceparent", kGood}};
    set_trace_parent(exchange);
    EXPECT_TRUE(is_valid_trace_parent(exchange.trace_parent));
    EXPECT_EQ(exchange.trace_parent.substr(0, 36), kGood.substr(0, 36));
    EXPECT_NE(exchange.trace_parent.substr(36, 16), kGood.substr(36, 16));
    EXPECT_TRUE(exchange.trace_parent.ends_with("-01"));
}

TEST(TraceContextTest, BeginsANewTraceInsteadOfABadOne) {
    Exchange exchange;
    exchange.request.fields = {{"traceparent", "junk"}};
    set_trace_parent(exchange);
    EXPECT_TRUE(is_valid_trace_parent(exchange.trace_parent)) << exchange.trace_parent;
}

}  // namespace

}  // namespace gatehouse::pipeline
