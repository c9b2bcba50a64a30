#include "gateway/host/config_check.hpp"

#include <gtest/gtest.h>

namespace gatehouse::host {
namespace {

constexpr std::string_view kSchema = R"({
  "type": "object", "additionalProperties": false, "required": ["name"],
  "properties": {
    "name": {"type": "string", "maxLength": 4},
    "page": {"type": "integer", "minimum": 1, "maximum": 100},
    "mail": {"type": "object", "properties": {"kind": {"enum": ["smtp", "file"]}}}
  }
})";

TEST(ConfigCheckTest, NamesEveryFlawWithItsPlace) {
    struct Case {
        const char* config;
        std::vector<const char*> parts;  // of the message; none = it fits
    };
    const Case cases[] = {
        {R"({"name": "ann"})", {}},
        {R"({"name": "ann", "page": 7, "mail": {"kind": "smtp"}})", {}},
        {R"({})", {"name"}},
        {R"({"name": "annabel", "page": 500})", {"/name: ", "/page: ", "100"}},
        {R"({"name": "ann", "page": "7"})", {"/page: ", "type"}},
        {R"({"name": "ann", "nonsense": true})", {"nonsense"}},
        {R"({"name": "ann", "mail": {"kind": "pigeon"}})", {"/mail/kind: "}},
        {R"([])", {"type"}},
        {R"({"name")", {"no JSON"}},
    };
    for (const Case& each : cases) {
        const std::string flaws = check_config(each.config, kSchema);
        EXPECT_EQ(flaws.empty(), each.parts.empty()) << each.config << ": " << flaws;
        for (const char* const part : each.parts) EXPECT_NE(flaws.find(part), std::string::npos) << flaws;
        EXPECT_EQ(flaws.find("associated with property name"), std::string::npos) << flaws;
    }
}

TEST(ConfigCheckTest, AcceptsAnythingWithoutASchema) { EXPECT_EQ(check_config("{}", ""), ""); }

TEST(ConfigCheckTest, LetsEveryServiceBeToldWhereItsDataIs) {
    EXPECT_EQ(check_config(R"({"name": "ann", "database": "sqlite:var/data/ann.db"})", kSchema), "");
    EXPECT_NE(check_config(R"({"database": 7})", R"({"properties": {"database": {"type": "string"}}})"), "");
}

TEST(ConfigCheckTest, RefusesASchemaThatIsNone) {
    EXPECT_NE(check_config("{}", "{").find("schema is no JSON"), std::string::npos);
    EXPECT_NE(check_config("{}", R"({"type": 7})").find("schema cannot be used"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::host
