#include "gateway/pipeline/filters/identity_strip.hpp"

#include <algorithm>
#include <cctype>
#include <random>

#include "tests/unit/gateway/pipeline/filters/exchange_fixture.hpp"

namespace gatehouse::pipeline {
namespace {

const std::vector<std::string> kReserved = {"X-User-ID", "X-User-Name", "X-User-Roles", "X-Session-ID", "X-Tenant"};

class IdentityStripTest : public ExchangeTest {
protected:
    IdentityStrip filter_{kReserved, metrics_.identity_fields_stripped};
};

TEST_F(IdentityStripTest, RemovesEveryAliasAndNothingElse) {
    send({{"x-user-id", "1"},
          {"X_User_Id", "1"},
          {"x.user.id", "1"},
          {"x_user.ID", "1"},
          {"x-tenant", "a"},
          {"x-gatehouse-assertion", "v1.a.b"},
          {"x_gatehouse_anything", "a"},
          {"accept", "*/*"},
          {"x-user-idx", "keep"},
          {"xx-user-id", "keep"},
          {"x-gatehouse", "keep"}});
    EXPECT_EQ(filter_.handle(exchange_), Verdict::next);
    const std::vector<http::Field> kept = {
        {"accept", "*/*"}, {"x-user-idx", "keep"}, {"xx-user-id", "keep"}, {"x-gatehouse", "keep"}};
    EXPECT_EQ(exchange_.request.fields, kept);
    std::string text;
    registry_.write(text);
    EXPECT_NE(text.find("gatehouse_identity_fields_stripped_total 7\n"), std::string::npos);
}

TEST_F(IdentityStripTest, ReservesWhatTheGatewayWritesWhateverIsConfigured) {
    const IdentityStrip bare({}, {});
    for (const char* name : {"x-user-id", "X_USER_NAME", "x.user.roles", "x-session-id", "x-gatehouse-x"}) {
        EXPECT_TRUE(bare.is_reserved(name)) << name;
    }
}

// The invariant, over random spellings: after the filter no field's folded name is reserved.
TEST_F(IdentityStripTest, LeavesNoReservedNameWhateverTheSpelling) {
    std::mt19937 random(5);
    const std::vector<std::string> stems = {"x-user-id", "x-user-roles", "x-gatehouse-assertion", "x-tenant", "accept"};
    constexpr std::string_view kSeparators = "-_.";
    for (int round = 0; round < 3000; ++round) {
        std::vector<std::string> names;
        for (unsigned i = 0; i < 1 + random() % 8; ++i) {
            std::string name = stems[random() % stems.size()];
            for (char& c : name) {
                if (c == '-') c = kSeparators[random() % kSeparators.size()];
                if (random() % 3 == 0) c = static_cast<char>(std::toupper(c));
            }
            if (random() % 4 == 0) name.insert(random() % name.size(), 1, "-_.xz"[random() % 5]);
            names.push_back(name);
        }
        exchange_.request.fields.clear();
        for (const std::string& name : names) exchange_.request.fields.push_back({name, "v"});
        filter_.handle(exchange_);
        for (const http::Field& field : exchange_.request.fields) {
            std::string folded(field.name);
            for (char& c : folded) c = c == '_' || c == '.' ? '-' : static_cast<char>(std::tolower(c));
            EXPECT_FALSE(folded.starts_with("x-gatehouse-")) << field.name;
            EXPECT_EQ(std::count(stems.begin(), stems.end() - 1, folded), 0) << field.name;
        }
    }
}

}  // namespace
}  // namespace gatehouse::pipeline
