#include "plugins/auth/token_json.hpp"

#include <gtest/gtest.h>

namespace auth {
namespace {

TEST(TokenJsonTest, TellsTypesApart) {
    const auto object = TokenObject::parse(
        R"({"text":"a\u00e9","number":42,"list":["x","y"],"none":[],"mixed":["x",1],"nested":[["x"]],"real":1.5,"null":null,"big":9223372036854775808,"object":{"text":"no"}})");
    ASSERT_TRUE(object);
    EXPECT_EQ(*object->text("text"), "a\xc3\xa9");
    EXPECT_EQ(*object->integer("number"), 42);
    EXPECT_EQ(*object->texts("list"), (std::vector<std::string>{"x", "y"}));
    EXPECT_TRUE(object->texts("none")->empty());
    for (const char* name : {"mixed", "nested", "real", "null", "big", "object", "absent"}) {
        EXPECT_EQ(object->text(name), nullptr) << name;
        EXPECT_EQ(object->integer(name), nullptr) << name;
        EXPECT_EQ(object->texts(name), nullptr) << name;
    }
    EXPECT_TRUE(object->contains("null"));
    EXPECT_FALSE(object->contains("absent"));
}

TEST(TokenJsonTest, RefusesWhatTwoReadersCouldReadDifferently) {
    const std::string deep = "{\"a\":" + std::string(20, '[') + std::string(20, ']') + "}";
    std::string many = "{";
    for (int i = 0; i < 70; ++i) many += "\"k" + std::to_string(i) + "\":1,";
    many.back() = '}';
    const std::pair<const char*, std::string> bad[] = {{"empty", ""},
                                                       {"text", "\"a\""},
                                                       {"number", "1"},
                                                       {"null", "null"},
                                                       {"array", "[]"},
                                                       {"array of objects", "[{}]"},
                                                       {"cut", "{\"a\":1"},
                                                       {"rest", "{\"a\":1}x"},
                                                       {"two", "{}{}"},
                                                       {"duplicate", R"({"a":1,"a":2})"},
                                                       {"escaped duplicate", R"({"sub":"1","s\u0075b":"2"})"},
                                                       {"nested duplicate", R"({"o":{"a":1,"a":2}})"},
                                                       {"comma", R"({"a":1,})"},
                                                       {"comment", R"({"a":1/**/})"},
                                                       {"single quotes", "{'a':1}"},
                                                       {"utf-8", "{\"a\":\"\xff\"}"},
                                                       {"deep", deep},
                                                       {"many", many}};
    for (const auto& [name, text] : bad) {
        const auto object = TokenObject::parse(text);
        EXPECT_FALSE(object.has_value()) << name;
    }
}

}  // namespace
}  // namespace auth
