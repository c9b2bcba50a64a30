// Pictures of users: media is played by the test.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include <gatehouse/abi.h>
#include <gatehouse/call.hpp>
#include <gatehouse/testing.hpp>

#include <boost/json.hpp>

#include "tests/unit/plugins/support/test_database.hpp"

extern "C" const gh_plugin* gh_plugin_entry_v1(void);

namespace {

using gatehouse::testing::Answer;
using gatehouse::testing::PeerRequest;
using gatehouse::testing::TestHost;

class AvatarTest : public ::testing::Test {
protected:
    static constexpr std::int64_t kAnn = 7, kBob = 8;

    AvatarTest() {
        host_.on_call("media", [this](const PeerRequest& request) { return media(request); });
        host_.request("GET", "/api/users/me").as_user(kAnn, "Ann").send();
    }

    Answer media(const PeerRequest& request) {
        Answer answer;
        answer.status = media_status_;
        if (request.method == "POST") {
            if (answer.status != 201) {
                answer.headers = {{"content-type", "application/problem+json"}};
                answer.body = R"({"title":"No","status":)" + std::to_string(answer.status) + "}";
                return answer;
            }
            const std::string id = "image-" + std::to_string(++made_);
            kept_[id] = request;
            answer.body = R"({"id":")" + id + R"(","url":"/api/media/)" + id + R"("})";
            return answer;
        }
        const std::string id = request.target.substr(11, request.target.find('?') - 11);
        asked_.push_back(request.method + " " + request.target);
        answer.status = kept_.contains(id) ? 200 : 404;
        if (is_down_) answer.status = 503;
        if (request.method == "DELETE" && answer.status == 200) {
            EXPECT_EQ(request.user_id, kept_[id].user_id);  // in its owner's name
            kept_.erase(id);
            answer.status = 204;
            return answer;
        }
        answer.headers = {{"content-type", "image/png"}, {"etag", "\"" + id + "\""}};
        for (const auto& field : request.headers) {
            if (field.name == "if-none-match" && field.value == "\"" + id + "\"") answer.status = 304;
        }
        if (answer.status == 200) answer.body = kept_[id].body;
        return answer;
    }

    Answer put(const std::vector<std::string>& pieces, std::int64_t user = kAnn) {
        return host_.request("PUT", "/api/users/me/avatar")
            .as_user(user, user == kAnn ? "Ann" : "bob")
            .header("content-type", "image/png")
            .chunks(pieces)
            .send();
    }
    Answer get(const std::string& target) { return host_.request("GET", target).send(); }
    Answer remove() { return host_.request("DELETE", "/api/users/me/avatar").as_user(kAnn, "Ann").send(); }

    int media_status_ = 201, made_ = 0;
    bool is_down_ = false;
    std::map<std::string, PeerRequest> kept_;
    std::vector<std::string> asked_;
    TestDatabase database_;
    TestHost host_{gh_plugin_entry_v1(), R"({"database":")" + database_.url() + R"("})"};
};

TEST_F(AvatarTest, PassesThroughToMediaInItsOwnersName) {
    const Answer answer = put({"one", "two", "three"});
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.json().at("avatar_url"), "/api/users/7/avatar?size=256");
    ASSERT_EQ(kept_.size(), 1u);
    const PeerRequest& upload = kept_.begin()->second;
    EXPECT_EQ(upload.body, "onetwothree");
    EXPECT_EQ(upload.user_id, kAnn);
    bool has_type = false;
    for (const auto& field : upload.headers) has_type |= field.name == "content-type" && field.value == "image/png";
    EXPECT_TRUE(has_type);
}

TEST_F(AvatarTest, IsShownInTwoSizesAndCached) {
    put({"picture"});
    const Answer shown = get("/api/users/7/avatar?size=64");
    EXPECT_EQ(shown.status, 200);
    EXPECT_EQ(shown.body, "picture");
    EXPECT_EQ(shown.header("content-type"), "image/png");
    EXPECT_EQ(shown.header("x-content-type-options"), "nosniff");
    EXPECT_FALSE(shown.header("cache-control").empty());
    EXPECT_EQ(asked_.back(), "GET /api/media/image-1?square=true&w=64");
    get("/api/users/7/avatar");
    EXPECT_EQ(asked_.back(), "GET /api/media/image-1?square=true&w=256");
    const Answer same =
        host_.request("GET", "/api/users/7/avatar").header("if-none-match", shown.header("etag")).send();
    EXPECT_EQ(same.status, 304);
    EXPECT_EQ(same.body, "");
    for (const char* size : {"63", "0", "1024", "x", ""}) {
        EXPECT_EQ(get("/api/users/7/avatar?size=" + std::string(size)).status, 422) << size;
    }
}

TEST_F(AvatarTest, IsSeenByAll) {
    put({"picture"});
    EXPECT_EQ(get("/api/users/7").json().at("avatar_url"), "/api/users/7/avatar?size=256");
    EXPECT_EQ(get("/api/users?ids=7").json().at("items").at(0).at("avatar_url"), "/api/users/7/avatar?size=256");
    EXPECT_TRUE(host_.request("GET", "/api/users/me").as_user(kBob, "bob").send().json().at("avatar_url").is_null());
}

TEST_F(AvatarTest, TakesThePlaceOfTheOneBefore) {
    put({"first"});
    put({"second"});
    EXPECT_EQ(get("/api/users/7/avatar").body, "second");
    EXPECT_EQ(kept_.size(), 1u);
    EXPECT_EQ(remove().status, 204);
    EXPECT_EQ(get("/api/users/7/avatar").status, 404);
    EXPECT_TRUE(get("/api/users/7").json().at("avatar_url").is_null());
    EXPECT_TRUE(kept_.empty());
    EXPECT_EQ(remove().status, 204);
}

TEST_F(AvatarTest, DeletesLaterWhatMediaCouldNotDeleteThen) {
    put({"first"});
    is_down_ = true;
    EXPECT_EQ(put({"second"}).status, 200);
    EXPECT_EQ(kept_.size(), 2u);
    is_down_ = false;
    host_.advance(std::chrono::minutes(2));
    EXPECT_EQ(kept_.size(), 1u);
    EXPECT_EQ(get("/api/users/7/avatar").body, "second");
}

TEST_F(AvatarTest, GoesWithTheProfile) {
    host_.on_call("auth", [](const PeerRequest&) {
        Answer answer;
        answer.status = 204;
        return answer;
    });
    put({"picture"});
    EXPECT_EQ(host_.request("DELETE", "/api/users/me").as_user(kAnn, "Ann").send().status, 204);
    EXPECT_EQ(get("/api/users/7/avatar").status, 404);
    host_.advance(std::chrono::minutes(2));
    EXPECT_TRUE(kept_.empty());
    EXPECT_EQ(put({"another"}).status, 404);
    EXPECT_TRUE(kept_.empty());
}

TEST_F(AvatarTest, TellsWhatMediaFindsWrong) {
    for (const int status : {400, 413, 415, 422}) {
        media_status_ = status;
        const Answer answer = put({"x"});
        EXPECT_EQ(answer.status, status);
        EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    }
    for (const int status : {401, 404, 500, 503}) {
        media_status_ = status;
        EXPECT_EQ(put({"x"}).status, 503) << status;
    }
    media_status_ = 403;  // the account was deleted while the picture was on its way
    EXPECT_EQ(put({"x"}).status, 404);
    EXPECT_EQ(get("/api/users/7/avatar").status, 404);
}

TEST_F(AvatarTest, AnswersUnavailableWithoutMedia) {
    put({"picture"});
    is_down_ = true;
    EXPECT_EQ(get("/api/users/7/avatar").status, 503);
    host_.on_call("media", [](const PeerRequest&) -> Answer { throw gatehouse::CallFailed(GH_E_UNAVAILABLE, "gone"); });
    EXPECT_EQ(put({"x"}).status, 503);
    EXPECT_EQ(get("/api/users/7/avatar").status, 503);
}

TEST_F(AvatarTest, ForgetsAPictureWhoseClientIsGone) {
    auto pending = host_.request("PUT", "/api/users/me/avatar").as_user(kAnn, "Ann").chunks({"half"}).stalled().begin();
    EXPECT_FALSE(pending.is_ended());
    pending.cancel();
    EXPECT_TRUE(pending.is_ended());
    EXPECT_TRUE(kept_.empty());
}

TEST_F(AvatarTest, RefusesAnonymousCallersAndUnknownUsers) {
    EXPECT_EQ(host_.request("PUT", "/api/users/me/avatar").body("x").send().status, 401);
    EXPECT_EQ(host_.request("DELETE", "/api/users/me/avatar").send().status, 401);
    EXPECT_EQ(get("/api/users/99/avatar").status, 404);
    EXPECT_EQ(get("/api/users/8/avatar").status, 404);
}

class FollowCountTest : public AvatarTest {
protected:
    gh_status tell(const std::string& type, std::int64_t subscriber, std::int64_t user, std::string id = {}) {
        return host_.deliver(
            type, R"({"follower_id":)" + std::to_string(subscriber) + R"(,"user_id":)" + std::to_string(user) + "}",
            {.source = "subscriptions", .subject = {}, .id = std::move(id)});
    }
    std::pair<std::int64_t, std::int64_t> counts(std::int64_t user) {
        const auto shown = get("/api/users/" + std::to_string(user)).json();
        return {shown.at("subscriptions").as_int64(), shown.at("subscribers").as_int64()};
    }
    using Counts = std::pair<std::int64_t, std::int64_t>;
};

TEST_F(FollowCountTest, FollowsSubscriptions) {
    host_.request("GET", "/api/users/me").as_user(kBob, "bob").send();
    EXPECT_EQ(tell("subscription.created", kAnn, kBob), GH_OK);
    EXPECT_EQ(tell("subscription.created", 9, kBob), GH_OK);
    EXPECT_EQ(counts(kAnn), Counts(1, 0));
    EXPECT_EQ(counts(kBob), Counts(0, 2));
    EXPECT_EQ(tell("subscription.deleted", kAnn, kBob), GH_OK);
    EXPECT_EQ(counts(kAnn), Counts(0, 0));
    EXPECT_EQ(counts(kBob), Counts(0, 1));
}

TEST_F(FollowCountTest, CountsAnEventOnce) {
    EXPECT_EQ(tell("subscription.created", 9, kAnn, "same"), GH_OK);
    EXPECT_EQ(tell("subscription.created", 9, kAnn, "same"), GH_OK);
    EXPECT_EQ(counts(kAnn), Counts(0, 1));
}

TEST_F(FollowCountTest, CountsBeforeThereIsAProfile) {
    EXPECT_EQ(tell("subscription.created", kAnn, kBob), GH_OK);
    host_.request("GET", "/api/users/me").as_user(kBob, "bob").send();
    EXPECT_EQ(counts(kBob), Counts(0, 1));
}

TEST_F(FollowCountTest, NeverShowsLessThanNone) {
    EXPECT_EQ(tell("subscription.deleted", 9, kAnn), GH_OK);
    EXPECT_EQ(counts(kAnn), Counts(0, 0));
    EXPECT_EQ(tell("subscription.created", 9, kAnn), GH_OK);
    EXPECT_EQ(counts(kAnn), Counts(0, 0));
}

}  // namespace
