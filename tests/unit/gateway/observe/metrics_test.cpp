#include "gateway/observe/metrics.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "gateway/base/io_loop.hpp"

namespace gatehouse::observe {
namespace {

MetricSpec spec(MetricKind kind, std::string name, std::vector<std::string> labels = {}) {
    MetricSpec result;
    result.kind = kind;
    result.name = std::move(name);
    result.help = "Help.";
    result.labels = std::move(labels);
    if (kind == MetricKind::histogram) result.buckets = {0.1, 1};
    return result;
}

std::string exposition(Metrics& metrics) {
    std::string out;
    metrics.write(out);
    return out;
}

TEST(Metrics, WritesTheTextFormat) {
    Metrics metrics(1);
    const std::string_view get[] = {"GET"};
    metrics.counter(*metrics.define(spec(MetricKind::counter, "a_total", {"method"})), get).add(2);
    metrics.gauge(*metrics.define(spec(MetricKind::gauge, "b"))).set(1.5);
    const auto histogram = metrics.histogram(*metrics.define(spec(MetricKind::histogram, "c_seconds")));
    for (const double value : {0.05, 0.1, 0.5, 7.0}) histogram.observe(value);
    EXPECT_EQ(exposition(metrics),
              "# HELP a_total Help.\n# TYPE a_total counter\na_total{method=\"GET\"} 2\n"
              "# HELP b Help.\n# TYPE b gauge\nb 1.5\n"
              "# HELP c_seconds Help.\n# TYPE c_seconds histogram\n"
              "c_seconds_bucket{le=\"0.1\"} 2\nc_seconds_bucket{le=\"1\"} 3\nc_seconds_bucket{le=\"+Inf\"} 4\n"
              "c_seconds_sum 7.65\nc_seconds_count 4\n");
}

TEST(Metrics, EscapesLabelValuesAndHelp) {
    Metrics metrics(1);
    MetricSpec odd = spec(MetricKind::counter, "a_total", {"x"});
    odd.help = "Back\\slash\nand line.";
    const std::string_view value[] = {"q\"b\\n\nz"};
    metrics.counter(*metrics.define(odd), value).add();
    EXPECT_EQ(exposition(metrics),
              "# HELP a_total Back\\\\slash\\nand line.\n# TYPE a_total counter\na_total{x=\"q\\\"b\\\\n\\nz\"} 1\n");
}

TEST(Metrics, RefusesBadNames) {
    Metrics metrics(1);
    std::vector<MetricSpec> bad = {
        spec(MetricKind::counter, "no_suffix"),
        spec(MetricKind::gauge, "gauge_total"),
        spec(MetricKind::gauge, "9a"),
        spec(MetricKind::gauge, "a-b"),
        spec(MetricKind::gauge, ""),
        spec(MetricKind::gauge, "a_count"),
        spec(MetricKind::gauge, "a", {"__x"}),
        spec(MetricKind::gauge, "a", {"x y"}),
        spec(MetricKind::gauge, "a", {"x", "x"}),
        spec(MetricKind::histogram, "a", {"le"}),
    };
    bad.push_back(spec(MetricKind::histogram, "a"));
    bad.back().buckets = {1, 1};
    bad.push_back(spec(MetricKind::gauge, "a_seconds"));
    bad.back().unit = "bytes";
    bad.push_back(spec(MetricKind::gauge, "a"));
    bad.back().help.clear();
    for (const MetricSpec& one : bad) EXPECT_FALSE(metrics.define(one)) << one.name;
}

TEST(Metrics, DefinesTheSameTwiceAsOneAndRefusesAClash) {
    Metrics metrics(1);
    const auto first = metrics.define(spec(MetricKind::counter, "a_total", {"x"}));
    const auto again = metrics.define(spec(MetricKind::counter, "a_total", {"x"}));
    EXPECT_EQ(*first, *again);
    EXPECT_FALSE(metrics.define(spec(MetricKind::counter, "a_total", {"y"})));
}

TEST(Metrics, CountsTooManyLabelValuesTogether) {
    Metrics metrics(1);
    MetricSpec bounded = spec(MetricKind::counter, "a_total", {"x"});
    bounded.series_max = 3;
    const auto family = *metrics.define(bounded);
    for (int i = 0; i < 1000; ++i) {
        const std::string text = std::to_string(i);
        const std::string_view value[] = {text};
        metrics.counter(family, value).add();
    }
    const std::string_view other[] = {"other"};
    EXPECT_EQ(metrics.value(family, other), 997);
    const std::string text = exposition(metrics);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2 + 4);
}

TEST(Metrics, SurvivesMoreSeriesThanItHasCells) {
    Metrics metrics(1);
    MetricSpec many = spec(MetricKind::counter, "a_total", {"x"});
    many.series_max = 2'000'000;
    const auto family = *metrics.define(many);
    for (int i = 0; i < 600'000; ++i) {
        const std::string text = std::to_string(i);
        const std::string_view value[] = {text};
        metrics.counter(family, value).add();
    }
    const std::string_view first[] = {"0"};
    EXPECT_EQ(metrics.value(family, first), 1);
}

TEST(Metrics, AddsUpWhatLoopsAndOtherThreadsCount) {
    constexpr int kRounds = 20'000;
    Metrics metrics(2);
    const auto family = *metrics.define(spec(MetricKind::counter, "a_total"));
    const Counter counter = metrics.counter(family);
    const auto count = [&counter] {
        for (int i = 0; i < kRounds; ++i) counter.add();
    };
    IoLoop first(0), second(1);
    for (IoLoop* loop : {&first, &second}) {
        loop->post([count, loop] {
            count();
            loop->stop();
        });
    }
    std::thread threads[] = {std::thread([&] { first.run(); }), std::thread([&] { second.run(); }), std::thread(count),
                             std::thread(count)};
    for (int i = 0; i < 100; ++i) exposition(metrics);
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(metrics.value(family), 4 * kRounds);
}

TEST(Metrics, RefreshesGaugesBeforeAScrape) {
    Metrics metrics(1);
    const Gauge gauge = metrics.gauge(*metrics.define(spec(MetricKind::gauge, "a")));
    metrics.on_scrape([gauge] { gauge.set(42); });
    EXPECT_NE(exposition(metrics).find("\na 42\n"), std::string::npos);
}

TEST(Metrics, IgnoresWhatADefaultHandleIsTold) {
    Counter().add();
    Gauge().set(1);
    Histogram().observe(1);
}

}  // namespace
}  // namespace gatehouse::observe
