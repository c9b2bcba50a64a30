// Proving an address with a code that was mailed.
#include <atomic>

#include "plugins/auth/email_service.hpp"
#include "tests/unit/plugins/auth/mailbox.hpp"

namespace auth::testing {
namespace {

using namespace std::chrono_literals;

class EmailTest : public MailTest {
protected:
    int verify_email(const std::string& email, const std::string& code) { return verify_answer(email, code).status; }
    Answer verify_answer(const std::string& email, const std::string& code) {
        return post("/api/auth/email/verify", R"({"email":")" + email + R"(","code":")" + code + "\"}");
    }
    bool is_verified(const Login& login) {
        return get("/api/auth/me", login.access_token).json().at("email_verified").as_bool();
    }
    Answer resend(const Login& login) { return request("POST", "/api/auth/email/resend", login.access_token).send(); }
    static std::string other_than(std::string code) {
        code[0] = code[0] == '0' ? '1' : '0';
        return code;
    }
};

TEST_F(EmailTest, TheMailedCodeProvesTheAddressOnce) {
    const Login ann = sign_up("ann");
    const std::string code = last_code();
    EXPECT_EQ(code.size(), kCodeDigits);
    EXPECT_EQ(code.find_first_not_of("0123456789"), std::string::npos);
    EXPECT_FALSE(is_verified(ann));
    EXPECT_EQ(verify_email("ANN@example.com", code), 204);
    EXPECT_TRUE(is_verified(ann));
    EXPECT_EQ(published_types().back(), "user.email_verified");
    EXPECT_EQ(verify_email("ann@example.com", code), 422) << "used";
    EXPECT_EQ(resend(ann).status, 409) << "nothing to prove";
}

TEST_F(EmailTest, TheCodeIsInNoPayloadAndInNoTable) {
    sign_up("ann");
    const std::string code = last_code();
    for (const auto& event : host().published()) EXPECT_EQ(event.data.find(code), std::string::npos) << event.type;
    for (const std::string& text : stored_texts("email_codes", "digest")) {
        EXPECT_EQ(text.size(), 32u);
        EXPECT_NE(text, std::string(as_text(sha256(code)))) << "eight digits are guessed from a plain hash";
    }
}

TEST_F(EmailTest, WrongCodesUnknownAddressesAndOldCodesGetTheSameAnswer) {
    sign_up("ann");
    const std::string code = last_code();
    const Answer wrong = verify_answer("ann@example.com", other_than(code));
    EXPECT_EQ(wrong.status, 422);
    EXPECT_EQ(wrong.error_pointers(), std::vector<std::string>{"/code"});
    sign_up("bob");
    const std::string bobs = last_code();
    ASSERT_EQ(verify_email("bob@example.com", bobs), 204);
    for (const char* email : {"nobody@example.com", "bob@example.com", "not an address"}) {
        const Answer answer = verify_answer(email, code);
        EXPECT_EQ(answer.status, wrong.status) << email;
        EXPECT_EQ(answer.body.size(), wrong.body.size()) << email;
    }
    EXPECT_EQ(verify_email("ann@example.com", bobs), 422) << "a code of somebody else";
    host().advance(15min);
    EXPECT_EQ(verify_email("ann@example.com", code), 422) << "old";
    EXPECT_FALSE(is_verified(login_of(log_in("ann", kPassword))));
}

TEST_F(EmailTest, ACodeIsWorthFiveTries) {
    const Login ann = sign_up("ann");
    const std::string code = last_code();
    for (int i = 0; i < 5; ++i) EXPECT_EQ(verify_email("ann@example.com", other_than(code)), 422);
    EXPECT_EQ(verify_email("ann@example.com", code), 429) << "the source waits";
    host().advance(2s);
    EXPECT_EQ(verify_email("ann@example.com", code), 422) << "and the code is spent";
    EXPECT_FALSE(is_verified(ann));
    host().advance(30s);
    ASSERT_EQ(resend(ann).status, 202);
    EXPECT_EQ(verify_email("ann@example.com", last_code()), 204);
}

TEST_F(EmailTest, OfManyTriesAtTheSameTimeOneProvesAndNoneCountsTwice) {
    const Login ann = sign_up("ann");
    const std::string code = last_code();
    std::atomic<int> proved = 0;
    crowd(5, [&](int) { proved += verify_email("ann@example.com", code) == 204 ? 1 : 0; });
    EXPECT_EQ(proved, 1);
    EXPECT_TRUE(is_verified(ann));
}

TEST_F(EmailTest, AnotherCodeReplacesTheFirstAndThereAreFiveInAnHour) {
    const Login ann = sign_up("ann");
    const std::string first = last_code();
    EXPECT_EQ(post("/api/auth/email/resend", "").status, 401);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(resend(ann).status, 202);
    const Answer beyond = resend(ann);
    EXPECT_EQ(beyond.status, 429);
    EXPECT_EQ(beyond.header("retry-after"), "3600");
    EXPECT_EQ(mails(kVerificationRequested).size(), 5u);
    EXPECT_EQ(verify_email("ann@example.com", first), 422);
    EXPECT_EQ(verify_email("ann@example.com", last_code()), 204);
}

TEST_F(EmailTest, ANewAddressMustBeProvedAgainAndTheOldCodeIsNoGood) {
    const Login ann = sign_up("ann");
    const std::string old_code = last_code();
    const Answer moved = request("PATCH", "/api/auth/me", ann.access_token)
                             .json(R"({"email":"ann@example.org","password":"correct horse battery"})")
                             .send();
    ASSERT_EQ(moved.status, 200) << moved.body;
    EXPECT_EQ(verify_email("ann@example.org", old_code), 422);
    EXPECT_EQ(verify_email("ann@example.com", old_code), 422);
    const auto mail = mails(kVerificationRequested).back();
    EXPECT_EQ(mail.json().at("email"), "ann@example.org");
    EXPECT_EQ(verify_email("ann@example.org", last_code()), 204);
    EXPECT_TRUE(is_verified(ann));
    const auto respelled = request("PATCH", "/api/auth/me", ann.access_token)
                               .json(R"({"email":"Ann@Example.org","password":"correct horse battery"})")
                               .send();
    EXPECT_EQ(respelled.json().at("email_verified"), true) << "the same address in other letters";
}

TEST_F(EmailTest, WithoutAKeyNothingIsMailedAndTheOperatorIsTold) {
    const auto bare = new_host(R"("notify_key":"")");
    const auto answer = bare->request("POST", "/api/auth/register")
                            .json(R"({"username":"ann","email":"ann@example.com","password":"correct horse battery"})")
                            .send();
    ASSERT_EQ(answer.status, 201) << "people can still come in";
    const auto resent = bare->request("POST", "/api/auth/email/resend")
                            .header("authorization", "Bearer " + login_of(answer).access_token)
                            .send();
    EXPECT_EQ(resent.status, 503);
    EXPECT_TRUE(resent.has_header("retry-after"));
    bool told = false;
    for (const auto& line : bare->logs())
        told = told || line.field("help").find("openssl rand -hex 32") != line.message.npos;
    EXPECT_TRUE(told);
    EXPECT_THROW(new_host(R"("notify_key":"short")"), std::runtime_error);
}

TEST(NewCodeTest, CodesAreDigitsAndRarelyTheSame) {
    std::set<std::string> seen;
    for (int i = 0; i < 1'000; ++i) {
        const std::string code = new_code();
        ASSERT_EQ(code.size(), kCodeDigits);
        ASSERT_EQ(code.find_first_not_of("0123456789"), code.npos);
        seen.insert(code);
    }
    EXPECT_GT(seen.size(), 990u);
}

}  // namespace
}  // namespace auth::testing
