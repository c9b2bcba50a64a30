#include <gatehouse/json.hpp>
#include <gatehouse/testing.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/unit/sdk/service/sample_service.hpp"

namespace {

using boost::json::value;

std::string file_text(const char* path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

class OpenApiTest : public ::testing::Test {
protected:
    gatehouse::testing::TestHost host{sample::notes_plugin()};
    std::string text = host.openapi();
    value document = gatehouse::parse_json(text);
};

// To accept a deliberate change, copy the printed document over the file.
TEST_F(OpenApiTest, IsTheGoldenDocument) { EXPECT_EQ(document, boost::json::parse(file_text(OPENAPI_GOLDEN))) << text; }

TEST_F(OpenApiTest, HasTheStructureOfOpenApi31) {
    EXPECT_EQ(document.at("openapi"), "3.1.0");
    std::set<std::string> ids;
    for (const auto& path : document.at("paths").as_object()) {
        EXPECT_EQ(path.key().front(), '/');
        for (const auto& operation : path.value().as_object()) {
            EXPECT_TRUE(ids.insert(operation.value().at("operationId").as_string().c_str()).second);
            EXPECT_FALSE(operation.value().at("responses").as_object().empty());
            EXPECT_TRUE(operation.value().at("tags").is_array());
            const auto* parameters = operation.value().as_object().if_contains("parameters");
            std::size_t in_path = 0;
            for (const value& parameter : parameters == nullptr ? boost::json::array() : parameters->as_array()) {
                if (parameter.at("in") != "path") continue;
                ++in_path;
                EXPECT_EQ(parameter.at("required"), true);
                EXPECT_NE(std::string(path.key()).find("{" + std::string(parameter.at("name").as_string()) + "}"),
                          std::string::npos);
            }
            EXPECT_EQ(in_path, static_cast<std::size_t>(std::count(path.key().begin(), path.key().end(), '{')));
        }
    }
}

// Every "$ref" in the tree leads somewhere.
void check_references(const value& node, const value& root) {
    if (node.is_array()) {
        for (const value& child : node.as_array()) check_references(child, root);
    }
    if (!node.is_object()) return;
    for (const auto& member : node.as_object()) {
        if (member.key() == "$ref") {
            const std::string pointer = std::string(member.value().as_string()).substr(1);
            boost::json::error_code error;
            EXPECT_NE(root.find_pointer(pointer, error), nullptr) << pointer;
        } else {
            check_references(member.value(), root);
        }
    }
}

TEST_F(OpenApiTest, HasNoDanglingReference) { check_references(document, document); }

TEST_F(OpenApiTest, SaysWhoMayCall) {
    const value& paths = document.at("paths");
    EXPECT_TRUE(paths.at("/api/notes").at("post").as_object().contains("security"));
    EXPECT_FALSE(paths.at("/api/notes").at("get").as_object().contains("security"));
    EXPECT_EQ(paths.at("/api/notes/{id}").at("delete").at("x-roles"), "admin");
    EXPECT_EQ(paths.at("/api/found/{id}").at("get").at("x-internal"), true);
    EXPECT_FALSE(paths.as_object().contains("/api/peer")) << "hidden";
}

struct Token {
    std::string token;
};
constexpr auto describe(Token*) { return gatehouse::fields(gatehouse::field("token", &Token::token)); }

// Handlers that read and write by themselves.
class Bare final : public gatehouse::Service {
public:
    explicit Bare(gatehouse::Context& context) {
        const auto answer = [](const gatehouse::Request&) { return gatehouse::Response(201); };
        context.post("/bare/json", answer).takes<Token>().gives<Token>(201).gives<Token>(400).checks_token();
        context.post("/bare/form", answer).takes_form<Token>().gives(202);
    }
};

TEST(OpenApiOfBareHandlersTest, HasWhatTheRouteTableSays) {
    gatehouse::testing::TestHost host(gatehouse::plugin_table<Bare>("bare", "1.0.0"));
    const value document = gatehouse::parse_json(host.openapi());
    const value& json = document.at("paths").at("/bare/json").at("post");
    EXPECT_EQ(json.at("requestBody").at("required"), false);
    EXPECT_TRUE(json.at("requestBody").at("content").as_object().contains("application/json"));
    const auto& responses = json.at("responses").as_object();
    EXPECT_FALSE(responses.contains("200")) << "what the type would say";
    EXPECT_TRUE(responses.at("201").at("content").as_object().contains("application/json"));
    EXPECT_TRUE(responses.at("400").at("content").as_object().contains("application/json")) << "and no problem";
    EXPECT_TRUE(responses.contains("401"));
    EXPECT_TRUE(json.as_object().contains("security"));
    const value& form = document.at("paths").at("/bare/form").at("post");
    EXPECT_EQ(form.at("requestBody").at("required"), true);
    EXPECT_TRUE(form.at("requestBody").at("content").as_object().contains("application/x-www-form-urlencoded"));
    EXPECT_FALSE(form.at("responses").at("202").as_object().contains("content"));
    EXPECT_FALSE(form.as_object().contains("security"));
    check_references(document, document);
}

}  // namespace
