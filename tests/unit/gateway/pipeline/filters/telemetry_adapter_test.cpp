#include "gateway/pipeline/telemetry_adapter.hpp"

#include <gtest/gtest.h>

namespace gatehouse::pipeline {
namespace {

gh_str text(std::string_view view) { return {view.data(), view.size()}; }

class TelemetryAdapterTest : public testing::Test {
protected:
    int define(std::string_view service, std::string_view name, int kind, bool labelled) {
        const gh_str label = text("outcome");
        const double buckets[] = {1, 2};
        gh_metric metric{};
        metric.size = sizeof metric;
        metric.kind = kind;
        metric.name = text(name);
        metric.help = text("Help.");
        metric.label_names = &label;
        metric.n_labels = labelled ? 1 : 0;
        metric.buckets = kind == GH_HISTOGRAM ? buckets : nullptr;
        metric.n_buckets = kind == GH_HISTOGRAM ? 2 : 0;
        return adapter_.define_metric(service, metric);
    }
    std::string exposition() {
        std::string out;
        metrics_.write(out);
        return out;
    }

    static observe::Logger::Options silent() {
        observe::Logger::Options options;
        options.to = observe::Logger::Target::none;
        return options;
    }

    observe::Logger logger_{silent()};
    observe::Metrics metrics_{1};
    TelemetryAdapter adapter_{logger_, metrics_};
};

TEST_F(TelemetryAdapterTest, RecordsUnderTheServicesName) {
    const int logins = define("auth", "logins", GH_COUNTER, true);
    ASSERT_GE(logins, 0);
    const std::string_view outcome[] = {"refused"};
    adapter_.record(logins, 2, outcome);
    EXPECT_NE(exposition().find("gatehouse_plugin_logins_total{service=\"auth\",outcome=\"refused\"} 2\n"),
              std::string::npos);
}

TEST_F(TelemetryAdapterTest, GivesTwoGenerationsTheSameMetricAndTwoServicesTheirOwn) {
    const int first = define("auth", "logins", GH_COUNTER, false);
    EXPECT_EQ(define("auth", "logins", GH_COUNTER, false), first);
    const int other = define("users", "logins", GH_COUNTER, false);
    EXPECT_NE(other, first);
    adapter_.record(first, 1, {});
    adapter_.record(other, 5, {});
    EXPECT_NE(exposition().find("{service=\"users\"} 5\n"), std::string::npos);
}

TEST_F(TelemetryAdapterTest, RefusesBadMetricsAndIgnoresBadRecords) {
    EXPECT_EQ(define("auth", "bad name", GH_COUNTER, false), -1);
    EXPECT_EQ(define("auth", "logins", 7, false), -1);
    const int logins = define("auth", "logins", GH_COUNTER, true);
    EXPECT_GE(define("auth", "logins", GH_GAUGE, true), 0);  // another name: no _total
    EXPECT_EQ(define("auth", "logins", GH_COUNTER, false), -1);
    adapter_.record(logins, 1, {});
    adapter_.record(99, 1, {});
    adapter_.record(-1, 1, {});
    EXPECT_EQ(exposition(), "");
}

TEST_F(TelemetryAdapterTest, TellsPluginsThatNobodyListens) { EXPECT_GT(adapter_.log_level(), GH_LOG_ERROR); }

}  // namespace
}  // namespace gatehouse::pipeline
