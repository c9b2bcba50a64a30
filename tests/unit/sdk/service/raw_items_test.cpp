// CallResponse::raw_items(), and that texts are written as JSON whatever stands where in them.
#include <gatehouse/call.hpp>
#include <gatehouse/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using gatehouse::CallFailed;
using gatehouse::CallResponse;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> items_in(std::string body, int status = 200) {
    const CallResponse response{status, {}, std::move(body)};
    std::vector<std::string> texts;
    for (auto& item : response.raw_items("items")) texts.push_back(std::move(item.text));
    return texts;
}

TEST(RawItemsTest, StandAsTheyStood) {
    EXPECT_THAT(items_in(R"({"items":[]})"), IsEmpty());
    EXPECT_THAT(items_in(R"( { "next" : null , "items" : [ 1 , -2.5e3,"a" ] } )"), ElementsAre("1", "-2.5e3", "\"a\""));
    EXPECT_THAT(items_in(R"({"items":[{"id":1,"text":"]}\"\\","tags":["a",[]]},{}],"next_cursor":"x"})"),
                ElementsAre(R"({"id":1,"text":"]}\"\\","tags":["a",[]]})", "{}"));
    EXPECT_THAT(items_in(R"({"other":[7],"nested":{"items":[8]},"items":[true]})"), ElementsAre("true"));
}

TEST(RawItemsTest, RefusesWhatHasNoSuchArray) {
    for (const char* body : {"", "{}", "[]", "null", R"({"items":{}})", R"({"items":1})", R"({"item":[]})",
                             R"({"items":[1,]})", R"({"items":[,1]})", R"({"items":[1 2]})", R"({"items":[1})",
                             R"({"items":[{"a":[}]]})", R"({"items":["a)", R"({"items":["a\)", R"({"items":[]} x)",
                             R"({"items":[]},)", R"({"items":[],"items":[]})", R"({"items":[],})", R"({items:[]})"}) {
        EXPECT_THROW(items_in(body), CallFailed) << body;
    }
    EXPECT_THROW(items_in(R"({"items":[1]})", 503), CallFailed);
    const std::string deep = std::string(40, '[') + std::string(40, ']');
    EXPECT_THROW(items_in(R"({"items":[)" + deep + "]}"), CallFailed);
}

TEST(JsonTextTest, IsTheSameWhereverACharacterStands) {
    const std::vector<std::pair<std::string, std::string>> characters = {{"\"", "\\\""},
                                                                         {"\\", "\\\\"},
                                                                         {"\n", "\\n"},
                                                                         {std::string(1, '\0'), "\\u0000"},
                                                                         {"\x1f", "\\u001f"},
                                                                         {"\x20", "\x20"},
                                                                         {"\x7f", "\x7f"},
                                                                         {"~", "~"},
                                                                         {"ж", "ж"},
                                                                         {"€", "€"},
                                                                         {"😀", "😀"},
                                                                         {"\xff", "\uFFFD"},
                                                                         {"\xc3", "\uFFFD"},
                                                                         {"\xe2\x82", "\uFFFD\uFFFD"},
                                                                         {"\xc0\xaf", "\uFFFD\uFFFD"},
                                                                         {"\x80", "\uFFFD"},
                                                                         {"\xc3(", "\uFFFD("}};
    for (const auto& [plain, written] : characters) {
        for (std::size_t before = 0; before < 20; ++before) {
            for (std::size_t after : {0, 1, 7, 9}) {
                const std::string head(before, 'a'), tail(after, 'b'), russian = before % 2 == 0 ? "да" : "";
                EXPECT_EQ(gatehouse::to_json(head + russian + plain + tail),
                          "\"" + head + russian + written + tail + "\"");
            }
        }
    }
}

}  // namespace
