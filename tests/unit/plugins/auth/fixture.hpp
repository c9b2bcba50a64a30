// The plugin in a test host, on an empty database of the engine that this program tests, with cheap password hashes.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <gatehouse/storage/database.hpp>
#include <gatehouse/testing.hpp>
#include <memory>
#include <string>

namespace auth::testing {

using gatehouse::testing::Answer;
using gatehouse::testing::RequestBuilder;
using gatehouse::testing::TestHost;

// The suite is one, the programs are two: each defines this function.
gatehouse::Engine engine_under_test();

struct Login {
    std::int64_t id = 0;  // of the user; 0 when not registered here
    std::string access_token;
    std::string refresh_token;
};

class AuthTest : public ::testing::Test {
protected:
    AuthTest();
    ~AuthTest() override;

    static constexpr char kPassword[] = "correct horse battery";
    static constexpr char kNotifyKey[] = "0123456789abcdef0123456789abcdef";

    // members: further configuration, such as R"("issuer":"x")".
    [[nodiscard]] std::unique_ptr<TestHost> new_host(const std::string& members = "",
                                                     TestHost::Start start = TestHost::Start::yes) const;
    // A plugin as it came from new_host(), made on first use.
    TestHost& host();

    Answer post(const std::string& path, const std::string& json, const std::string& token = "");
    Answer get(const std::string& path, const std::string& token = "");
    RequestBuilder request(const std::string& method, const std::string& path, const std::string& token = "");

    Login sign_up(const std::string& name);
    Answer log_in(const std::string& login, const std::string& password);
    Answer refresh(const std::string& token);
    [[nodiscard]] static Login login_of(const Answer& answer);
    // The status that /api/auth/verify gives for the token.
    int verify(const std::string& token);
    int verify(TestHost& at, const std::string& token);
    Answer change_rights(std::int64_t id, const std::string& json);

    const std::filesystem::path directory;
    const std::string database_url;
    const std::string signing_key;  // PEM

private:
    std::unique_ptr<TestHost> host_;
};

// Runs work(i) in so many threads that start together, and waits for them.
void crowd(int size, const std::function<void(int)>& work);

// Yields until condition holds; fails the test after ten seconds.
void wait_until(const std::function<bool()>& condition);

}  // namespace auth::testing
