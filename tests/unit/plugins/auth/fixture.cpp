#include "tests/unit/plugins/auth/fixture.hpp"

#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdlib>
#include <gatehouse/id.hpp>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/unit/plugins/auth/keys.hpp"

GH_EXTERN_C const gh_plugin* GH_PLUGIN_ENTRY(void);  // of plugins/auth/plugin.cpp

namespace auth::testing {
namespace {

std::filesystem::path new_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "gatehouse-auth-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    return name;
}

std::string fresh_url(const std::filesystem::path& directory) {
    if (engine_under_test() == gatehouse::Engine::sqlite) return "sqlite:" + (directory / "auth.db").string();
    const char* server = std::getenv("GATEHOUSE_TEST_POSTGRES");
    if (server == nullptr)
        throw std::runtime_error("GATEHOUSE_TEST_POSTGRES is not set: run this with tests/tools/with_postgres");
    std::string schema = "auth_" + gatehouse::uuid7();
    std::erase(schema, '-');
    return std::string(server) + "?schema=" + schema;
}

std::string quoted(const std::string& text) { return boost::json::serialize(boost::json::string(text)); }

std::string text_of(const boost::json::object& object, const char* name) {
    const auto* value = object.if_contains(name);
    return value == nullptr ? std::string() : std::string(value->as_string());
}

}  // namespace

AuthTest::AuthTest()
    : directory(new_directory()), database_url(fresh_url(directory)), signing_key(new_pem("ED25519")) {}

AuthTest::~AuthTest() {
    host_.reset();
    std::filesystem::remove_all(directory);
}

std::unique_ptr<TestHost> AuthTest::new_host(const std::string& members, TestHost::Start start) const {
    std::string config = "{\"database\":" + quoted(database_url);
    if (members.find("\"signing_key\"") == members.npos) config += ",\"signing_key\":" + quoted(signing_key);
    if (members.find("\"notify_key\"") == members.npos) config += ",\"notify_key\":" + quoted(kNotifyKey);
    if (members.find("\"password\"") == members.npos) {
        config += R"(,"password":{"memory_kib":64,"passes":1,"hashing_threads":4,"hashing_queue":200})";
    }
    if (members.find("\"revocation_poll\"") == members.npos) config += R"(,"revocation_poll":"20ms")";
    if (!members.empty()) config += "," + members;
    return std::make_unique<TestHost>(GH_PLUGIN_ENTRY(), config + "}", start);
}

TestHost& AuthTest::host() {
    if (!host_) host_ = new_host();
    return *host_;
}

RequestBuilder AuthTest::request(const std::string& method, const std::string& path, const std::string& token) {
    RequestBuilder builder = host().request(method, path);
    builder.remote_address("192.0.2.1").header("user-agent", "test");
    if (!token.empty()) builder.header("authorization", "Bearer " + token);
    return builder;
}

Answer AuthTest::post(const std::string& path, const std::string& json, const std::string& token) {
    return request("POST", path, token).json(json).send();
}

Answer AuthTest::get(const std::string& path, const std::string& token) { return request("GET", path, token).send(); }

Login AuthTest::login_of(const Answer& answer) {
    if (answer.status != 200 && answer.status != 201) throw std::runtime_error("no login: " + answer.body);
    const auto value = answer.json();
    const auto& object = value.as_object();
    Login login{0, text_of(object, "access_token"), text_of(object, "refresh_token")};
    if (const auto* user = object.if_contains("user")) login.id = user->at("id").as_int64();
    return login;
}

Login AuthTest::sign_up(const std::string& name) {
    return login_of(post("/api/auth/register", "{\"username\":\"" + name + "\",\"email\":\"" + name +
                                                   "@example.com\",\"password\":\"" + kPassword + "\"}"));
}

Answer AuthTest::log_in(const std::string& login, const std::string& password) {
    return post("/api/auth/login", "{\"login\":" + quoted(login) + ",\"password\":" + quoted(password) + "}");
}

Answer AuthTest::refresh(const std::string& token) {
    return post("/api/auth/refresh", "{\"refresh_token\":" + quoted(token) + "}");
}

int AuthTest::verify(const std::string& token) { return verify(host(), token); }

int AuthTest::verify(TestHost& at, const std::string& token) {
    return at.request("GET", "/api/auth/verify").header("authorization", "Bearer " + token).send().status;
}

Answer AuthTest::change_rights(std::int64_t id, const std::string& json) {
    return host().request("PATCH", "/api/auth/users/" + std::to_string(id)).as_service("admin").json(json).send();
}

void crowd(int size, const std::function<void(int)>& work) {
    std::latch start(size);
    std::vector<std::thread> threads;
    for (int i = 0; i < size; ++i) {
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            work(i);
        });
    }
    for (auto& thread : threads) thread.join();
}

void wait_until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) {
            ADD_FAILURE() << "did not happen within ten seconds";
            return;
        }
        std::this_thread::yield();
    }
}

}  // namespace auth::testing
