// gh.http_client/1 and gh.trace/1 behind a plugin in C: to plugins of this process, over HTTP, and to a collector.
#include "gateway/extensions/http_client.hpp"

#include <gtest/gtest.h>

#include <future>
#include <mutex>

#include "gateway/extensions/span_exporter.hpp"
#include "gateway/extensions/tracer.hpp"
#include "gateway/http/absolute_url.hpp"
#include "gateway/upstream/upstreams.hpp"
#include "tests/unit/gateway/host/test_host.hpp"
#include "tests/unit/gateway/net/support/fake_upstream.hpp"

namespace gatehouse::extensions {

namespace {

using net::test::FakeUpstream;
using net::test::RawSocket;

constexpr char kSampled[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kUnsampled[] = "00-0af7651916cd43dd0000000000000001-b7ad6b7169203331-00";

class HttpClientTest : public host::HostFixture {
protected:
    HttpClientTest()
        : remote_(
              loop_pointers_, [this](std::string_view service) { return find(service); }, nullptr),
          client_(std::make_unique<HttpClient>(loop_pointers_, &remote_)) {
        for (IoLoop* const loop : loop_pointers_) {
            upstreams_.push_back(std::make_unique<upstream::Upstreams>(*loop, directory_of_pools_));
        }
        make_host_with(nullptr);
    }
    ~HttpClientTest() override {
        host_.reset();
        for (std::size_t i = 0; i < loops_.size(); ++i) {
            run_on(i, [&] {
                client_->close_idle(*loops_[i]);
                upstreams_[i]->close_idle();
            });
            run_on(i, [] {});
        }
    }

    void make_host_with(SpanExporter* exporter) {
        host_.reset();
        tracer_ = std::make_unique<Tracer>(exporter);
        host::PluginHost::Options options;
        options.runtime_directory = directory_;
        options.loops = loop_pointers_;
        options.telemetry = &telemetry_;
        options.remote = &remote_;
        options.extensions = {client_.get(), tracer_.get()};
        host_ = std::make_unique<host::PluginHost>(std::move(options));
        asking_ = start("client", "asking");
        answering_ = start("client", "answering");
    }

    template <class F>
    void run_on(std::size_t loop, F work) {
        std::promise<void> done;
        loops_[loop]->post([&] {
            work();
            done.set_value();
        });
        done.get_future().wait();
    }

    std::shared_ptr<const upstream::Cluster> find(std::string_view service) {
        const std::scoped_lock lock(mutex_);
        const auto found = clusters_.find(service);
        return found == clusters_.end() ? nullptr : found->second;
    }

    // A service elsewhere.
    void place(const std::string& name, std::vector<std::uint16_t> ports) {
        config::Service service;
        service.name = name;
        for (const std::uint16_t port : ports) {
            config::Endpoint endpoint;
            endpoint.kind = config::Endpoint::Kind::http;
            endpoint.host = "127.0.0.1";
            endpoint.port = port;
            service.at.push_back(endpoint);
        }
        const auto cluster = std::make_shared<upstream::Cluster>(service);
        for (std::size_t i = 0; i < loops_.size(); ++i) run_on(i, [&] { upstreams_[i]->attach(*cluster); });
        const std::scoped_lock lock(mutex_);
        clusters_[name] = cluster;
    }

    std::string post(const std::string& path, const std::string& body) {
        host::TestCarrier carrier(*loops_[0], asking_, "POST", path, body);
        return carrier.send().get().body;
    }
    std::string ask(const std::string& where, const std::string& target, const std::string& method = "GET",
                    const std::string& mode = "whole", int retries = 0, const std::string& path = "/ask") {
        return post(path, where + "\n" + target + "\n" + method + "\n" + mode + "\n" + std::to_string(retries));
    }

    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<const upstream::Cluster>, std::less<>> clusters_;
    upstream::Directory directory_of_pools_;
    std::vector<std::unique_ptr<upstream::Upstreams>> upstreams_;
    upstream::RemoteCalls remote_;
    std::unique_ptr<HttpClient> client_;
    std::unique_ptr<Tracer> tracer_;
    std::shared_ptr<host::Generation> asking_, answering_;
};

struct LocalCase {
    const char* name;
    const char* target;
    const char* method;
    const char* mode;
    const char* answer;
};
class LocalHttpClientTest : public HttpClientTest, public ::testing::WithParamInterface<LocalCase> {};

TEST_P(LocalHttpClientTest, AsksAPluginOfThisProcess) {
    const LocalCase& test = GetParam();
    EXPECT_EQ(ask("answering", test.target, test.method, test.mode), test.answer);
    EXPECT_EQ(ask("answering", test.target, test.method, test.mode, 0, "/ask_from_worker"), test.answer);
}

const LocalCase kLocalCases[] = {
    {"OnALoop", "/text", "GET", "whole", "ok 200 text"},
    {"OnAWorker", "/text_from_worker", "GET", "whole", "ok 200 text"},
    {"InPieces", "/text", "GET", "stream", "ok 200 text"},
    {"AnInternalRoute", "/who", "GET", "whole", "ok 200 asking for "},
    {"WithABody", "/echo", "POST", "whole", "ok 200 a body"},
    {"WithABodyThatIsPulled", "/echo", "POST", "pull", "ok 200 now now later "},
    {"LeavesBeforeTheEnd", "/big", "GET", "leave", "left 200 "},
    {"Canceled", "/never", "GET", "cancel", "failed -4 canceled"},
    {"TooLate", "/never", "GET", "soon", "failed -5 timeout"},
    {"Aborted", "/abort", "GET", "whole", "failed -1 plugin_failed"},
    {"ReservedField", "/text", "GET", "header", "refused -2 "},
};
INSTANTIATE_TEST_SUITE_P(Table, LocalHttpClientTest, ::testing::ValuesIn(kLocalCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(HttpClientTest, CarriesABigAnswerWithBackPressure) {
    const std::string answer = ask("answering", "/big", "GET", "stream");
    EXPECT_EQ(answer, "ok 200 " + std::string(64 * 1024, 'x'));
}

TEST_F(HttpClientTest, RefusesWhatIsNotARequest) {
    EXPECT_EQ(ask("nobody", "/text"), "failed -6 no_such_service");
    EXPECT_EQ(ask("answering", "no slash"), "refused -2 ");
    EXPECT_EQ(ask("answering", "/text", "GET", "whole", 4), "refused -2 ");
    EXPECT_EQ(ask("answering", "/text", "G T"), "refused -2 ");
    EXPECT_EQ(ask("answering", "/nothing").substr(0, 7), "ok 404 ");
}

TEST_F(HttpClientTest, AsksAServiceElsewhere) {
    std::promise<std::string> seen;
    FakeUpstream upstream([&](RawSocket& socket) {
        seen.set_value(FakeUpstream::receive_head(socket));
        socket.send("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
    });
    place("far", {upstream.port()});
    EXPECT_EQ(ask("far", "/path?q=1", "GET", "stream"), "ok 201 abc");
    EXPECT_TRUE(seen.get_future().get().starts_with("GET /path?q=1 HTTP/1.1\r\nhost: 127.0.0.1:"));
}

TEST_F(HttpClientTest, SendsABodyWhileItIsMade) {
    FakeUpstream upstream([&](RawSocket& socket) {
        const std::string head = FakeUpstream::receive_head(socket);
        const std::string body = socket.take_until("0\r\n\r\n");
        const std::string text = body == "4\r\nnow \r\n4\r\nnow \r\n6\r\nlater \r\n0\r\n\r\n" ? "good" : "bad";
        socket.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text);
    });
    place("far", {upstream.port()});
    EXPECT_EQ(ask("far", "/up", "POST", "pull"), "ok 200 good");
}

TEST_F(HttpClientTest, TakesAnAnswerThatComesBeforeTheBodyIsSent) {
    FakeUpstream upstream([&](RawSocket& socket) {
        FakeUpstream::receive_head(socket);
        socket.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
    });
    place("far", {upstream.port()});
    EXPECT_EQ(ask("far", "/up", "POST", "pull"), "ok 413 no");
}

struct RetryCase {
    const char* name;
    const char* method;
    int retries, connections;
    const char* answer;
};
class RetryTest : public HttpClientTest, public ::testing::WithParamInterface<RetryCase> {};

TEST_P(RetryTest, RepeatsWhatMayBeRepeated) {
    std::atomic<int> attempts{0};
    FakeUpstream upstream([&](RawSocket& socket) {
        FakeUpstream::receive_head(socket);
        socket.send(++attempts < 3 ? "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy"
                                   : "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngood");
    });
    place("far", {upstream.port()});
    EXPECT_EQ(ask("far", "/x", GetParam().method, "whole", GetParam().retries), GetParam().answer);
    EXPECT_EQ(upstream.connections(), GetParam().connections);
}

const RetryCase kRetryCases[] = {
    {"NotUnlessAsked", "GET", 0, 1, "ok 503 busy"},
    {"AsOftenAsAsked", "GET", 1, 2, "ok 503 busy"},
    {"UntilItIsGood", "GET", 3, 3, "ok 200 good"},
    {"NeverAPost", "POST", 3, 1, "ok 503 busy"},
};
INSTANTIATE_TEST_SUITE_P(Table, RetryTest, ::testing::ValuesIn(kRetryCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(HttpClientTest, GoesToTheNextEndpointWhenOneIsDown) {
    std::uint16_t closed = 0;
    {
        FakeUpstream gone([](RawSocket&) {});
        closed = gone.port();
    }
    FakeUpstream upstream([&](RawSocket& socket) {
        FakeUpstream::receive_head(socket);
        socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nup");
    });
    place("far", {closed, upstream.port()});
    EXPECT_EQ(ask("far", "/x", "POST"), "ok 200 up");
    EXPECT_EQ(ask("far", "/x", "POST"), "ok 200 up");
    place("down", {closed});
    EXPECT_EQ(ask("down", "/x", "GET", "whole", 3), "failed -6 connect_failed");
}

TEST_F(HttpClientTest, TellsWhenAnAnswerIsCut) {
    FakeUpstream upstream([&](RawSocket& socket) {
        FakeUpstream::receive_head(socket);
        socket.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal");
    });
    place("far", {upstream.port()});
    EXPECT_EQ(ask("far", "/x", "GET", "stream"), "cut -6 hal");
    EXPECT_EQ(ask("far", "/x", "GET", "whole"), "failed -6 upstream_reset");
}

TEST_F(HttpClientTest, CancelsARequestElsewhere) {
    FakeUpstream upstream([&](RawSocket& socket) { socket.receive_all(); });
    place("far", {upstream.port()});
    EXPECT_EQ(ask("far", "/x", "GET", "cancel"), "failed -4 canceled");
    EXPECT_EQ(ask("far", "/x", "GET", "soon"), "failed -5 timeout");
}

TEST_F(HttpClientTest, AsksOnlyUrlsThatAreAllowed) {
    FakeUpstream upstream([&](RawSocket& socket) {
        const std::string head = FakeUpstream::receive_head(socket);
        const bool has_identity =
            head.find("x-user") != std::string::npos || head.find("x-gatehouse") != std::string::npos;
        socket.send(std::string("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n") +
                    (has_identity ? "1" : "0"));
    });
    const std::string port = std::to_string(upstream.port());
    EXPECT_EQ(ask("http://127.0.0.1:" + port + "/x", ""), "failed -2 url_not_allowed");
    config::HttpClient allowed;
    allowed.origins = {"http://localhost:" + port, "https://api.test:443"};
    config::Network loopback;
    loopback.address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 0};
    loopback.prefix_bits = 96 + 8;
    allowed.networks = {loopback};
    client_->allow(allowed);
    EXPECT_EQ(ask("http://127.0.0.1:" + port + "/x", ""), "ok 200 0");
    EXPECT_EQ(ask("http://LOCALHOST:" + port + "/x", ""), "ok 200 0");
    EXPECT_EQ(ask("http://localhost:1/x", ""), "failed -2 url_not_allowed");
    EXPECT_EQ(ask("http://10.0.0.1/x", ""), "failed -2 url_not_allowed");
    EXPECT_EQ(ask("http://127.0.0.1.nip.test/x", ""), "failed -2 url_not_allowed");
    EXPECT_EQ(ask("https://api.test/x", ""), "failed -3 https_unsupported");
    EXPECT_EQ(ask("http://user@127.0.0.1:" + port + "/x", ""), "refused -2 ");
}

// The host drains both services when it goes: what is under way must have ended by then, or the test would not end.
TEST_F(HttpClientTest, EndsWhatIsUnderWayAtTheDrainDeadline) {
    FakeUpstream upstream([&](RawSocket& socket) { socket.receive_all(); });
    place("far", {upstream.port()});
    host::TestCarrier carrier(*loops_[0], asking_, "POST", "/ask", "far\n/x\nGET\nwhole\n0");
    auto answer = carrier.send();
    run_on(0, [] {});
    client_->cancel(*asking_);
    EXPECT_EQ(answer.get().body, "failed -4 canceled");
    EXPECT_EQ(ask("far", "/x"), "refused -4 ");
    client_->detach(*asking_);
}

TEST_F(HttpClientTest, ExportsSpansToACollector) {
    std::promise<std::string> seen;
    FakeUpstream collector([&](RawSocket& socket) {
        const std::string head = FakeUpstream::receive_head(socket);
        seen.set_value(head + socket.take_until("]}]}"));
        socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        socket.receive_all();
    });
    observe::Metrics metrics(kLoops);
    SpanExporter exporter(*loops_[0], "http://127.0.0.1:" + std::to_string(collector.port()) + "/v1/traces", metrics);
    make_host_with(&exporter);
    EXPECT_EQ(post("/span", kUnsampled), "");
    const std::string parent = post("/span", kSampled);
    EXPECT_TRUE(parent.starts_with("00-0af7651916cd43dd8448eb211c80319c-")) << parent;
    EXPECT_TRUE(parent.ends_with("-01"));
    run_on(0, [&] { exporter.stop(); });
    const std::string request = seen.get_future().get();
    EXPECT_TRUE(request.starts_with("POST /v1/traces HTTP/1.1\r\n")) << request;
    for (const std::string part :
         {R"("traceId":"0af7651916cd43dd8448eb211c80319c")", R"("parentSpanId":"b7ad6b7169203331")", R"("name":"work")",
          R"({"key":"colour","value":{"stringValue":"\"green\"\n"}})", R"({"key":"count","value":{"intValue":"-7"}})",
          R"("status":{"code":2,"message":"it broke"})",
          R"({"key":"service.name","value":{"stringValue":"asking"}})"}) {
        EXPECT_NE(request.find(part), std::string::npos) << part << "\n" << request;
    }
    EXPECT_EQ(request.find(kUnsampled + 3), std::string::npos);
    while (!exporter.is_idle()) std::this_thread::yield();
    run_on(0, [] {});
    host_.reset();
}

TEST_F(HttpClientTest, SamplesAShareOfAllTraces) {
    observe::Metrics metrics(kLoops);
    SpanExporter exporter(*loops_[0], "http://127.0.0.1:1/v1/traces", metrics);
    make_host_with(&exporter);
    tracer_->set_sample(1e-15);
    EXPECT_NE(post("/span", kUnsampled), "") << "its id is low";
    EXPECT_EQ(post("/span", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"), "");
    tracer_->set_sample(1);
    EXPECT_NE(post("/span", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"), "");
    EXPECT_EQ(post("/span", "nonsense"), "");
    run_on(0, [&] { exporter.stop(); });
    while (!exporter.is_idle()) std::this_thread::yield();
    run_on(0, [] {});
    host_.reset();
}

struct UrlCase {
    const char* text;
    const char* origin;  // "" = refused
    const char* target;
};
TEST(AbsoluteUrlTest, IsParsedStrictly) {
    const UrlCase cases[] = {{"http://a.example", "http://a.example:80", "/"},
                             {"HTTP://A.Example:8080/P?q=1", "http://a.example:8080", "/P?q=1"},
                             {"https://a?x", "https://a:443", "/?x"},
                             {"http://[::1]:9/x", "http://[::1]:9", "/x"},
                             {"http://", "", ""},
                             {"http://a:0", "", ""},
                             {"http://a:99999", "", ""},
                             {"http://a:", "", ""},
                             {"http://user:pw@a/", "", ""},
                             {"http://a/#x", "", ""},
                             {"ftp://a/", "", ""},
                             {"http://[::1/", "", ""},
                             {"http://a\\b/", "", ""},
                             {"http://a b/", "", ""}};
    for (const UrlCase& test : cases) {
        const auto url = http::parse_absolute_url(test.text);
        EXPECT_EQ(url ? url->origin : "", test.origin) << test.text;
        EXPECT_EQ(url ? url->target : "", test.target) << test.text;
    }
}

}  // namespace

}  // namespace gatehouse::extensions
