#include "gateway/config/schema.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include "gateway/config/effective.hpp"
#include "gateway/config/json_schema.hpp"
#include "gateway/config/load.hpp"

namespace gatehouse::config {
namespace {

std::string read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(SchemaTest, TheCommittedSchemaIsTheGeneratedOne) {
    EXPECT_EQ(read(SOURCE_DIRECTORY "/deploy/schema/routes.schema.json"), json_schema())
        << "gatehouse schema > deploy/schema/routes.schema.json";
}

TEST(SchemaTest, TheReferenceInTheReadmeIsTheGeneratedOne) {
    const std::string readme = read(SOURCE_DIRECTORY "/gateway/config/README.md");
    EXPECT_NE(readme.find(markdown_reference()), std::string::npos)
        << "put in the output of: gatehouse schema --format markdown";
}

TEST(SchemaTest, EveryKeyHasADescription) {
    const std::function<void(const Object&)> check = [&](const Object& object) {
        for (const Key& key : object.keys) {
            EXPECT_FALSE(key.doc.empty()) << object.title << "." << key.name;
            if (key.object != nullptr) check(*key.object);
        }
    };
    check(schema::file);
}

std::string minimal(const std::string& gateway) {
    return "version: 1\n" + gateway + "services: { a: \"http://h:1\" }\nroutes: [{ path: /, to: a }]\n";
}

// The defaults of the tables are the defaults of the structs: a file that writes all of them means the same as one that
// writes none.
TEST(SchemaTest, DefaultsInTheTablesAreTheDefaultsInForce) {
    std::string gateway = "gateway:\n";
    const auto write = [&](const Object& object, const std::string& indent) {
        for (const Key& key : object.keys) {
            if (!key.value.empty() && key.object == nullptr)
                gateway += indent + std::string(key.name) + ": " + std::string(key.value) + "\n";
        }
    };
    write(schema::gateway, "  ");
    gateway += "  listen: [{ at: \"127.0.0.1:8080\" }]\n";
    gateway += "  limits:\n";
    write(schema::limits, "    ");
    gateway += "  log:\n";
    write(schema::log, "    ");
    gateway += "  storage:\n";
    write(schema::storage, "    ");
    gateway += "  plugins:\n";
    write(schema::plugins, "    ");
    gateway += "  events:\n";
    write(schema::events, "    ");
    gateway += "  kv:\n";
    write(schema::kv, "    ");
    const Loaded written = load_text(minimal(gateway), "routes.yaml", "");
    const Loaded absent = load_text(minimal(""), "routes.yaml", "");
    ASSERT_TRUE(written) << format_diagnostics(written);
    EXPECT_EQ(print_effective(written.configuration), print_effective(absent.configuration));
}

TEST(SchemaTest, TheEffectiveConfigurationNamesEveryKey) {
    ::setenv("GATEHOUSE_TEST_SECRET", "0123456789abcdef0123456789abcdef", 1);
    const Loaded loaded = load_text(
        "version: 1\ngateway: { internal: { at: \"127.0.0.1:1\" }, assertion_key: env:GATEHOUSE_TEST_SECRET "
        "}\nservices: { a: \"http://h:1\", b: plugin:b, c: spawn:c }\nauth: { s: { forward: { to: a, path: /v }, "
        "cache: { "
        "ttl: 1s } } }\n"
        "routes: [{ path: /, to: a, auth: s, rate: { limit: 1/s }, cors: { origins: [\"*\"] } }, { path: /r, redirect: "
        "{ to: / } }]\n",
        "routes.yaml", "");
    ASSERT_TRUE(loaded) << format_diagnostics(loaded);
    const std::string text = print_effective(loaded.configuration);
    for (const Object* object : {&schema::file,    &schema::gateway,       &schema::limits,   &schema::log,
                                 &schema::storage, &schema::service,       &schema::internal, &schema::plugins,
                                 &schema::canary,  &schema::events,        &schema::kv,       &schema::pool,
                                 &schema::process, &schema::authenticator, &schema::forward,  &schema::decision_cache,
                                 &schema::policy,  &schema::cors,          &schema::timeout,  &schema::rate,
                                 &schema::route,   &schema::redirect}) {
        for (const Key& key : object->keys) {
            if (key.type == Type::later || key.type == Type::policies) continue;
            EXPECT_NE(text.find(std::string(key.name) + ":"), std::string::npos) << object->title << "." << key.name;
        }
    }
}

}  // namespace
}  // namespace gatehouse::config
