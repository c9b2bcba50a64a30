#include "gateway/pipeline/filters/completion.hpp"

#include "gateway/pipeline/snapshot.hpp"
#include "tests/unit/gateway/pipeline/filters/exchange_fixture.hpp"

namespace gatehouse::pipeline {
namespace {

class CompletionTest : public ExchangeTest {
protected:
    static Snapshot snapshot_with(std::uint64_t number, std::vector<std::string> names) {
        std::vector<config::Route> routes;
        for (const std::string& name : names) {
            config::Route& route = routes.emplace_back();
            route.name = name;
            route.path = "/" + name;
        }
        Snapshot snapshot;
        snapshot.number = number;
        snapshot.table = std::make_unique<routing::RouteTable>(std::move(routes));
        return snapshot;
    }
    void complete(const Snapshot& snapshot, std::uint32_t index, int status) {
        exchange_.snapshot = &snapshot;
        exchange_.match.route = &snapshot.table->routes()[index];
        exchange_.match.index = index;
        exchange_.status = status;
        completion_.on_complete(exchange_);
    }
    bool exposes(const std::string& line) {
        std::string text;
        registry_.write(text);
        return text.find(line) != std::string::npos;
    }
    Completion completion_{1, metrics_, nullptr};
};

TEST_F(CompletionTest, CountsRoutesOverAReloadThatMovesThem) {
    const Snapshot first = snapshot_with(1, {"a", "b"}), second = snapshot_with(2, {"b", "c", "a"});
    complete(first, 0, 200);
    complete(second, 2, 200);
    complete(first, 0, 200);  // began before the reload
    complete(second, 0, 404);
    EXPECT_TRUE(exposes("gatehouse_requests_total{route=\"a\",method=\"GET\",code=\"2xx\"} 3\n"));
    EXPECT_TRUE(exposes("gatehouse_requests_total{route=\"b\",method=\"GET\",code=\"4xx\"} 1\n"));
}

TEST_F(CompletionTest, CountsRefusedHeadsWithoutARoute) {
    Exchange refused;
    refused.loop = &loop_;
    refused.received = Clock::now();
    refused.status = 400;
    refused.reason = "bad_header_name";
    completion_.on_complete(refused);
    EXPECT_TRUE(exposes("gatehouse_requests_total{route=\"none\",method=\"other\",code=\"4xx\"} 1\n"));
    EXPECT_TRUE(exposes("gatehouse_errors_total{reason=\"bad_header_name\"} 1\n"));
}

}  // namespace
}  // namespace gatehouse::pipeline
