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
    const value must = boost::json::parse(R"([{"bearer":[]}])");
    EXPECT_EQ(paths.at("/api/notes").at("post").at("security"), must);
    EXPECT_EQ(paths.at("/api/notes").at("get").at("security"), value(boost::json::array())) << "never looks";
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
    EXPECT_EQ(form.at("security"), boost::json::parse(R"([{},{"bearer":[]}])"));
    check_references(document, document);
}

struct Size {
    int width = 0;
};
constexpr auto describe(Size*) { return gatehouse::fields(gatehouse::field("width", &Size::width)); }

constexpr bool is_even(int value) { return value % 2 == 0; }

struct Item {
    std::int64_t id = 0;
    std::string name;
    std::string secret;
    std::optional<std::string> note;
    gatehouse::Patch<int> later;
    int count = 0;
};
constexpr auto describe(Item*) {
    using namespace gatehouse;
    return fields(
        field("id", &Item::id, read_only), field("name", &Item::name, example("a chair")),
        field("secret", &Item::secret, write_only), field("note", &Item::note), field("later", &Item::later),
        field("count", &Item::count, optional_default, description("how many"), satisfies(&is_even, "must be even")));
}

// Read and written, with fields of header, and a text that another service made.
class Items final : public gatehouse::Service {
public:
    explicit Items(gatehouse::Context& context) {
        context.post("/items", [](const Item& item) { return gatehouse::Created(item, "/items/{}", item.id); })
            .requires_user();
        const auto show = [](gatehouse::PathParam<std::int64_t>) { return gatehouse::Tagged<Item>{{}, "\"v1\""}; };
        context.get("/items/{id:int}", show).param("id", "which one");
        context.patch("/items/{id:int}", show).checks_match();
        context.get("/items/{id:int}/size", [](gatehouse::PathParam<std::int64_t>) {
            return gatehouse::RawJsonOf<Size>(gatehouse::RawJson{R"({"width":3})"});
        });
        context.get("/keys", [] { return gatehouse::Response(200); })
            .gives<Size>(200, "application/size+json")
            .sends_field(200, "X-Size", "how wide")
            .reads_field("X-Unit", "cm or in")
            .max_body(9);
    }
};

class OpenApiOfItemsTest : public ::testing::Test {
protected:
    const value& at(std::string_view pointer) const { return document.at_pointer(pointer); }
    gatehouse::testing::TestHost host{gatehouse::plugin_table<Items>("items", "1.0.0")};
    value document = gatehouse::parse_json(host.openapi());
};

TEST_F(OpenApiOfItemsTest, TellsWhatIsReadFromWhatIsWritten) {
    const value& read = at("/components/schemas/Item");
    EXPECT_EQ(read.at("required"), boost::json::parse(R"(["name","secret"])"));
    EXPECT_FALSE(read.at("properties").as_object().contains("id"));
    const value& written = at("/components/schemas/ItemOutput");
    EXPECT_EQ(written.at("required"), boost::json::parse(R"(["id","name","note","count"])")) << "null, but there";
    EXPECT_FALSE(written.at("properties").as_object().contains("secret"));
    EXPECT_EQ(at("/paths/~1items/post/responses/201/content/application~1json/schema/$ref"),
              "#/components/schemas/ItemOutput");
}

TEST_F(OpenApiOfItemsTest, HasExamplesAndWhatAPredicateDemands) {
    EXPECT_EQ(at("/components/schemas/Item/properties/name/examples"), boost::json::parse(R"(["a chair"])"));
    EXPECT_EQ(at("/components/schemas/Item/properties/count/description"), "how many; must be even");
}

TEST_F(OpenApiOfItemsTest, NamesTheFieldsOfAnswers) {
    EXPECT_EQ(at("/paths/~1items/post/responses/201/headers/Location/required"), true);
    EXPECT_EQ(at("/paths/~1items~1{id}/get/responses/304/headers/ETag/required"), true);
    EXPECT_EQ(at("/paths/~1keys/get/responses/200/headers/X-Size/required"), true);
    EXPECT_EQ(at("/components/responses/Unauthorized/headers/WWW-Authenticate/required"), true);
    EXPECT_EQ(at("/components/responses/ServiceUnavailable/headers/Retry-After/required"), true);
    EXPECT_TRUE(at("/paths/~1keys/get/responses/200/content").as_object().contains("application/size+json"));
    EXPECT_TRUE(at("/paths/~1keys/get/responses").as_object().contains("413"));
}

TEST_F(OpenApiOfItemsTest, NamesPreconditionsWhereTheyAreLookedAt) {
    const auto& get = at("/paths/~1items~1{id}/get");
    EXPECT_EQ(get.at("parameters").at(0).at("description"), "which one");
    EXPECT_EQ(get.at("parameters").at(0).at("schema").at("minimum"), 0) << "{id:int} matches digits alone";
    EXPECT_EQ(get.at("parameters").at(1).at("name"), "If-None-Match");
    const auto& patch = at("/paths/~1items~1{id}/patch");
    EXPECT_EQ(patch.at("parameters").at(1).at("name"), "If-Match");
    EXPECT_TRUE(patch.at("responses").as_object().contains("412"));
    EXPECT_FALSE(patch.at("responses").as_object().contains("304"));
}

TEST_F(OpenApiOfItemsTest, DescribesWhatAnotherServiceMade) {
    EXPECT_EQ(at("/paths/~1items~1{id}~1size/get/responses/200/content/application~1json/schema/$ref"),
              "#/components/schemas/Size");
    EXPECT_EQ(host.request("GET", "/items/7/size").send().body, R"({"width":3})");
}

// RFC 9110, 13.1.2: 304 is for GET and HEAD. A PATCH has happened, and says what is now.
TEST_F(OpenApiOfItemsTest, AChangeIsNeverNotModified) {
    EXPECT_EQ(host.request("GET", "/items/7").header("if-none-match", "*").send().status, 304);
    EXPECT_EQ(host.request("PATCH", "/items/7").header("if-none-match", "*").send().status, 200);
}

TEST(OpenApiMistakesTest, AParameterThatIsNotThereCannotBeDescribed) {
    struct Wrong final : gatehouse::Service {
        explicit Wrong(gatehouse::Context& context) {
            context.get("/wrong", [] { return Size{}; }).param("id", "nothing");
        }
    };
    gatehouse::testing::TestHost host(gatehouse::plugin_table<Wrong>("wrong", "1.0.0"));
    EXPECT_EQ(host.openapi(), "") << "and the host says why";
}

}  // namespace
