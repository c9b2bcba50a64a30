// Accounts that came from another system with the hashes that it has kept.
#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <ctime>
#include <gatehouse/storage.hpp>

#include "migrations.hpp"
#include "plugins/auth/bcrypt.hpp"
#include "plugins/auth/import_commands.hpp"
#include "tests/unit/plugins/auth/fixture.hpp"

namespace auth::testing {
namespace {

// Of "correct horse battery", cost 4.
constexpr char kHash[] = "$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS";
constexpr char kHashA[] = "$2a$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS";
constexpr char kHashY[] = "$2y$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS";
constexpr char kHashWithSuffix[] =
    "$2b$04$abcdefghijklmnopqrstuu.kL7dnSyKjfC4XWTTPs6ky4a6u.RBe.";  // of that and "$2b$04$salt"

TEST(BcryptTest, KnowsItsHashesByTheirForm) {
    EXPECT_EQ(bcrypt_cost(kHash), 4);
    EXPECT_EQ(bcrypt_cost(std::string(kHash) + "~suffix"), 4);
    const std::string hash = kHash;
    for (const std::string& bad :
         {std::string(), std::string("$2b$"), hash.substr(0, 59), hash + "x", hash + "~" + std::string(129, 'x'),
          "$2x" + hash.substr(3), "$3b" + hash.substr(3), "$2b$03" + hash.substr(6), "$2b$15" + hash.substr(6),
          "$2b$20" + hash.substr(6), "$2b$4$" + hash.substr(6), "$2b$-4" + hash.substr(6), "$2b$04$*" + hash.substr(8),
          "$2b$04$\n" + hash.substr(8)}) {
        EXPECT_FALSE(bcrypt_cost(bad)) << bad;
    }
}

TEST(BcryptTest, MatchesWhatOthersHaveHashed) {
    // From the test vectors that come with OpenBSD's and jBCrypt's implementations.
    EXPECT_TRUE(bcrypt_matches("a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"));
    EXPECT_TRUE(bcrypt_matches("abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"));
    for (const char* hash : {kHash, kHashA, kHashY}) {
        EXPECT_TRUE(bcrypt_matches("correct horse battery", hash)) << hash;
        for (const char* wrong : {"", "correct horse batter", "correct horse battery ", "Correct horse battery"})
            EXPECT_FALSE(bcrypt_matches(wrong, hash)) << wrong;
        EXPECT_FALSE(bcrypt_matches(std::string("correct horse battery\0x", 23), hash)) << "an octet 0 ends nothing";
    }
    EXPECT_TRUE(bcrypt_matches("correct horse battery", std::string(kHashWithSuffix) + "~$2b$04$salt"));
    EXPECT_FALSE(bcrypt_matches("correct horse battery", kHashWithSuffix));
    EXPECT_FALSE(bcrypt_matches("correct horse battery", std::string(kHashWithSuffix) + "~other"));
}

TEST(ImportableHashTest, IsBcryptOrABoundedArgon2id) {
    const std::string salt_and_hash = "$c29tZXNhbHRzb21lc2FsdA$" + std::string(43, 'A');
    for (const std::string& good : {std::string(kHash), "$argon2id$v=19$m=19456,t=2,p=1" + salt_and_hash,
                                    "$argon2id$v=19$m=65536,t=3,p=4" + salt_and_hash}) {
        EXPECT_TRUE(is_importable_hash(good)) << good;
    }
    for (const std::string& bad :
         {std::string(), std::string("correct horse battery"), std::string("5f4dcc3b5aa765d61d8327deb882cf99"),
          "$argon2i$v=19$m=19456,t=2,p=1" + salt_and_hash, "$argon2id$v=19$m=4194304,t=2,p=1" + salt_and_hash,
          "$argon2id$v=19$m=19456,t=1000,p=1" + salt_and_hash, "$argon2id$v=19$m=19456,t=2,p=64" + salt_and_hash,
          "$argon2id$v=16$m=19456,t=2,p=1" + salt_and_hash, std::string("$argon2id$v=19$m=19456,t=2,p=1$$"),
          std::string("!"), std::string(kHash) + "~suffix"}) {
        EXPECT_FALSE(is_importable_hash(bad)) << bad;
    }
}

class ImportTest : public AuthTest {
protected:
    static std::string user(const std::string& name, const std::string& more = {}, const std::string& hash = kHash) {
        return R"({"username":")" + name + R"(","email":")" + name + R"(@example.com","password_hash":")" + hash +
               "\"" + more + "}";
    }
    TestHost::CommandAnswer import(const std::string& users) {
        return host().admin("users.import", R"({"users":[)" + users + "]}");
    }
    std::string stored_hash(const std::string& name) {
        gatehouse::Database database({.url = database_url, .service = "auth"}, migrations());
        database.open();
        return database.read([&](gatehouse::Transaction& tx) {
            return tx.query("select password_hash from users where username_key = $1", name).one<std::string>();
        });
    }
};

TEST_F(ImportTest, AnImportedUserLogsInWithTheOldPasswordAndGetsANewHash) {
    const auto answer = import(user("ann", R"(,"id":7,"email_verified":true,"created_at":"2020-01-02T03:04:05Z")"));
    ASSERT_EQ(answer.status, GH_OK) << answer.json;
    EXPECT_EQ(boost::json::parse(answer.json).at("imported"), 1);
    EXPECT_EQ(stored_hash("ann"), kHash);
    EXPECT_EQ(log_in("ann", "wrong horse battery").status, 401);
    const Login login = login_of(log_in("ann", kPassword));
    EXPECT_TRUE(stored_hash("ann").starts_with("$argon2id$")) << stored_hash("ann");
    const auto me = get("/api/auth/me", login.access_token).json();
    EXPECT_EQ(me.at("id"), 7);
    EXPECT_EQ(me.at("email_verified"), true);
    EXPECT_EQ(me.at("created_at"), "2020-01-02T03:04:05.000Z");
    EXPECT_EQ(log_in("ann", kPassword).status, 200);
    EXPECT_EQ(log_in("ann", "wrong horse battery").status, 401);
}

TEST_F(ImportTest, ASuffixThatTheOtherSystemAddedIsAddedHere) {
    ASSERT_EQ(import(user("ann", R"(,"password_suffix":"$2b$04$salt")", kHashWithSuffix)).status, GH_OK);
    ASSERT_EQ(log_in("ann", kPassword).status, 200);
    EXPECT_TRUE(stored_hash("ann").starts_with("$argon2id$"));
}

TEST_F(ImportTest, TheNextPasswordIsOfTheNewKindToo) {
    ASSERT_EQ(import(user("ann")).status, GH_OK);
    const Login login = login_of(log_in("ann", kPassword));
    ASSERT_EQ(
        post("/api/auth/change-password",
             R"({"old_password":"correct horse battery","new_password":"another horse battery"})", login.access_token)
            .status,
        204);
    EXPECT_EQ(log_in("ann", kPassword).status, 401);
    EXPECT_EQ(log_in("ann", "another horse battery").status, 200);
}

TEST_F(ImportTest, WhoIsThereAlreadyIsSkippedAndNothingOfHisIsTouched) {
    sign_up("bob");
    const std::string before = stored_hash("bob");
    const auto answer = import(user("ann") + "," + user("BOB") + "," + user("cleo") + "," + user("Ann"));
    ASSERT_EQ(answer.status, GH_OK) << answer.json;
    const auto result = boost::json::parse(answer.json);
    EXPECT_EQ(result.at("imported"), 2);
    ASSERT_EQ(result.at("skipped").as_array().size(), 2u);
    EXPECT_EQ(result.at("skipped").at(0).at("index"), 1);
    EXPECT_EQ(result.at("skipped").at(1).at("username"), "Ann");
    EXPECT_EQ(stored_hash("bob"), before);
    EXPECT_EQ(boost::json::parse(import(user("ann")).json).at("imported"), 0) << "again";
}

TEST_F(ImportTest, EachIsToldToOtherServicesAndNobodyGetsMail) {
    ASSERT_EQ(import(user("ann") + "," + user("bob")).status, GH_OK);
    const auto events = host().published();
    ASSERT_EQ(events.size(), 2u);
    for (const auto& event : events) {
        EXPECT_EQ(event.type, "user.registered");
        EXPECT_EQ(event.data.find("$2b$"), std::string::npos);
    }
}

TEST_F(ImportTest, WhatBreaksARuleIsNamedAndNobodyIsImported) {
    const auto answer = import(user("ann") + "," + user("b") + "," + user("cleo", "", "md5"));
    EXPECT_EQ(answer.status, GH_E_INVALID);
    EXPECT_NE(answer.json.find("/users/1/username"), std::string::npos) << answer.json;
    EXPECT_NE(answer.json.find("/users/2/password_hash"), std::string::npos) << answer.json;
    EXPECT_EQ(log_in("ann", kPassword).status, 401);
    EXPECT_EQ(import("").status, GH_E_INVALID);
}

TEST_F(ImportTest, StatusAndRolesComeAlong) {
    ASSERT_EQ(
        import(user("ann", R"(,"status":"banned")") + "," + user("bob", R"(,"roles":["user","moderator"])")).status,
        GH_OK);
    EXPECT_EQ(log_in("ann", kPassword).status, 403);
    const Answer who = get("/api/auth/verify", login_of(log_in("bob", kPassword)).access_token);
    EXPECT_EQ(who.header("x-user-roles"), "moderator,user");
}

// What this thread has worked; others may be busy meanwhile.
std::chrono::nanoseconds worked() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// Whether a refusal is about as much work for everyone: who is not here, who has a new hash, who has an old one.
TEST_F(ImportTest, TheTimeOfARefusalDoesNotTellWhoIsHere) {
    constexpr char kDear[] = "$2b$08$abcdefghijklmnopqrstuuwezlW09AGl.Qc8oiYvHEzrpumH/GaSu";
    sign_up("new");
    ASSERT_EQ(import(user("old", "", kDear)).status, GH_OK);
    const auto knowing = new_host();  // a service looks for old hashes when it starts, and then each second
    int sources = 0;
    const auto median = [&](const std::string& name) {
        std::vector<std::chrono::nanoseconds> times;
        for (int i = 0; i < 9; ++i) {
            RequestBuilder request = knowing->request("POST", "/api/auth/login");
            request.remote_address("198.51.100." + std::to_string(++sources))
                .json(R"({"login":")" + name + R"(","password":"wrong horse battery"})");
            const auto begin = worked();
            const int status = request.send().status;
            times.push_back(worked() - begin);
            EXPECT_EQ(status, 401);
        }
        std::nth_element(times.begin(), times.begin() + 4, times.end());
        return times[4];
    };
    const auto nobody = median("nobody"), fresh = median("new"), old = median("old");
    for (const auto& [low, high] : {std::minmax(nobody, fresh), std::minmax(nobody, old), std::minmax(fresh, old)}) {
        EXPECT_LT(high, low * 3) << "nobody " << nobody.count() << " new " << fresh.count() << " old " << old.count();
    }
}

}  // namespace
}  // namespace auth::testing
