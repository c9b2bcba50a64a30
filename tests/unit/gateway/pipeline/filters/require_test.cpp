#include "gateway/pipeline/filters/require.hpp"

#include "tests/unit/gateway/pipeline/filters/exchange_fixture.hpp"

namespace gatehouse::pipeline {
namespace {

class RequireTest : public ExchangeTest {
protected:
    Require filter_{{"admin", "editor"}};
};

TEST_F(RequireTest, LetsOneOfTheRolesThrough) {
    exchange_.identity.present = true;
    exchange_.identity.roles = {"reader", "editor"};
    EXPECT_EQ(filter_.handle(exchange_), Verdict::next);
}

TEST_F(RequireTest, RefusesOtherRoles) {
    exchange_.identity.present = true;
    exchange_.identity.roles = {"reader", "adminx", "Admin", ""};
    EXPECT_EQ(filter_.handle(exchange_), Verdict::reply);
    EXPECT_EQ(exchange_.reply.status, 403);
}

TEST_F(RequireTest, AsksStrangersWhoTheyAre) {
    exchange_.identity.roles = {"admin"};  // roles of nobody
    EXPECT_EQ(filter_.handle(exchange_), Verdict::reply);
    EXPECT_EQ(exchange_.reply.status, 401);
    EXPECT_EQ(exchange_.reply.fields[0].first, "www-authenticate");
}

}  // namespace
}  // namespace gatehouse::pipeline
