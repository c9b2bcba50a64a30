// Handlers that know more than their types tell: bodies that are not copied, requests they end themselves, what their
// document says.
#include <gatehouse/service.hpp>
#include <gatehouse/testing.hpp>

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <memory>
#include <string>

namespace {

using gatehouse::Context;
using gatehouse::Response;
using gatehouse::StreamingRequest;
using gatehouse::testing::TestHost;

struct Tired : std::runtime_error {
    using std::runtime_error::runtime_error;
};
struct Fine {
    int count = 0;
};
constexpr auto describe(Fine*) { return gatehouse::fields(gatehouse::field("count", &Fine::count)); }

std::weak_ptr<const std::string> kept;

class Answers final : public gatehouse::Service {
public:
    explicit Answers(Context& context) : context_(context) {
        context.map_exception<Tired>([](const Tired&) { return gatehouse::TooManyRequests(std::chrono::seconds(3)); });
        context.get("/owned", &Answers::owned).gives(200, "image/png").gives(200, "image/webp").gives(304);
        context.post("/fails/{how}", &Answers::fails)
            .on_loop()
            .stream_in()
            .takes("image/*")
            .takes("text/plain")
            .gives<Fine>(201)
            .refuses({409, 415});
    }
    Response owned() {
        auto owner = std::make_shared<const std::string>("0123456789");
        kept = owner;
        const std::string_view middle = std::string_view(*owner).substr(2, 3);
        return Response(200).body(std::move(owner), middle, "image/png");
    }
    void fails(StreamingRequest request) {
        const auto how = request.request().path_param("how");
        try {
            if (how == "problem") throw gatehouse::Conflict("taken");
            if (how == "mapped") throw Tired("no more");
            throw std::runtime_error("a secret");
        } catch (...) {
            request.reply(context_.problem_of(std::current_exception()));
        }
    }

private:
    Context& context_;
};

class OwnAnswersTest : public ::testing::Test {
protected:
    TestHost host_{gatehouse::plugin_table<Answers>("answers", "1.0.0")};
};

TEST_F(OwnAnswersTest, SendOctetsOfSomebodyElseAndLetThemGo) {
    const auto answer = host_.request("GET", "/owned").send();
    EXPECT_EQ(answer.body, "234");
    EXPECT_EQ(answer.header("content-type"), "image/png");
    EXPECT_TRUE(kept.expired());
}

TEST_F(OwnAnswersTest, TellExceptionsAsPlainHandlersDo) {
    EXPECT_EQ(host_.request("POST", "/fails/problem").send().status, 409);
    const auto mapped = host_.request("POST", "/fails/mapped").send();
    EXPECT_EQ(mapped.status, 429);
    EXPECT_EQ(mapped.header("retry-after"), "3");
    EXPECT_TRUE(host_.logs().empty());
    const auto bug = host_.request("POST", "/fails/bug").send();
    EXPECT_EQ(bug.status, 500);
    EXPECT_EQ(bug.body.find("secret"), std::string::npos);
    ASSERT_EQ(host_.logs().size(), 1u);
    EXPECT_EQ(host_.logs()[0].field("error"), "a secret");
}

TEST_F(OwnAnswersTest, AreDocumentedAsTheServiceSays) {
    const auto paths = boost::json::parse(host_.openapi()).at("paths");
    const auto& owned = paths.at("/owned").at("get").at("responses").as_object();
    EXPECT_EQ(owned.at("200").at("content").as_object().size(), 2u);
    EXPECT_FALSE(owned.at("304").as_object().contains("content"));
    const auto& fails = paths.at("/fails/{how}").at("post");
    EXPECT_EQ(fails.at("requestBody").at("content").as_object().size(), 2u);
    EXPECT_FALSE(fails.at("requestBody").at("content").as_object().contains("*/*"));
    const auto& responses = fails.at("responses").as_object();
    EXPECT_FALSE(responses.contains("200"));
    EXPECT_TRUE(responses.at("201").at("content").at("application/json").as_object().contains("schema"));
    EXPECT_TRUE(responses.contains("409") && responses.contains("415"));
}

}  // namespace
