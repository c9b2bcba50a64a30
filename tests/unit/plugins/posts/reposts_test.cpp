#include "tests/unit/plugins/posts/posts_fixture.hpp"

namespace {

class RepostsTest : public PostsFixture {
protected:
    static std::string share(std::int64_t id, const char* more = "") {
        return R"({"repost_of":)" + std::to_string(id) + more + "}";
    }
    std::int64_t original_ = write(kAnn, R"({"title":"T","text":"original"})");
};

TEST_F(RepostsTest, ShowTheOriginalAndAreCounted) {
    const auto repost = write(kBob, share(original_, R"(,"text":"look")"));
    const auto shown = send(kNobody, "GET", at(repost)).json();
    EXPECT_EQ(shown.at("repost_of"), original_);
    EXPECT_EQ(shown.at("original").at("text"), "original");
    EXPECT_EQ(shown.at("original").at("author_name"), "ann");
    EXPECT_EQ(number(at(original_), "reposts"), 1);
    send(kBob, "DELETE", at(repost));
    EXPECT_EQ(number(at(original_), "reposts"), 0);
}

TEST_F(RepostsTest, HaveAnotherTagWhenTheirOriginalIsChanged) {
    const auto quote = write(kBob, share(original_, R"(,"text":"look")"));
    const std::string tag = send(kNobody, "GET", at(quote)).header("etag");
    const auto status = [&] { return host_.request("GET", at(quote)).header("if-none-match", tag).send().status; };
    EXPECT_EQ(status(), 304);
    send(kAnn, "PATCH", at(original_), R"({"text":"something else"})");
    EXPECT_EQ(status(), 200);
}

TEST_F(RepostsTest, NeedNoWordsButThenOneIsEnough) {
    write(kBob, share(original_));
    const Answer again = send(kBob, "POST", "/api/posts", share(original_, R"(,"text":"  ")"));
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.error_pointers(), std::vector<std::string>{"/repost_of"});
    write(kBob, share(original_, R"(,"text":"but this")"));
    EXPECT_EQ(number(at(original_), "reposts"), 2);
}

TEST_F(RepostsTest, OfARepostWithoutWordsShareWhatIsBehindIt) {
    const auto plain = write(kBob, share(original_)), quote = write(kBob, share(original_, R"(,"text":"q")"));
    EXPECT_EQ(send(kMod, "GET", at(write(kMod, share(plain)))).json().at("repost_of"), original_);
    EXPECT_EQ(send(kMod, "GET", at(write(kMod, share(quote)))).json().at("repost_of"), quote);
    EXPECT_EQ(number(at(original_), "reposts"), 3);
}

TEST_F(RepostsTest, OfWhatOneCannotSeeOrThatIsNotPublicAreRefused) {
    const auto hidden = write(kAnn, R"({"text":"x","visibility":"private"})");
    EXPECT_EQ(send(kBob, "POST", "/api/posts", share(hidden)).status, 404);
    EXPECT_EQ(send(kBob, "POST", "/api/posts", share(1)).status, 404);
    const Answer own = send(kAnn, "POST", "/api/posts", share(hidden));
    EXPECT_EQ(own.status, 422);
    EXPECT_EQ(own.error_pointers(), std::vector<std::string>{"/repost_of"});
    follow(kBob, kAnn);
    const auto semi = write(kAnn, R"({"text":"x","visibility":"followers"})");
    EXPECT_EQ(send(kBob, "POST", "/api/posts", share(semi)).status, 422);
    EXPECT_EQ(number(at(semi), "reposts"), 0);
}

TEST_F(RepostsTest, HideWithTheirOriginal) {
    const auto plain = write(kBob, share(original_)), quote = write(kBob, share(original_, R"(,"text":"my words")"));
    send(kAnn, "PATCH", at(original_), R"({"visibility":"private"})");
    for (const Person& who : {kNobody, kMod}) {
        EXPECT_EQ(send(who, "GET", at(plain)).status, 404);
        EXPECT_EQ(all_ids(who, "/api/posts?limit=10"), std::vector<std::int64_t>{quote});
        const auto shown = send(who, "GET", at(quote)).json();
        EXPECT_TRUE(shown.at("repost_of").is_null() && shown.at("original").is_null());
    }
    EXPECT_EQ(send(kMod, "PUT", at(plain) + "/like").status, 404);
    EXPECT_EQ(send(kMod, "GET", at(plain) + "/comments").status, 404);
    EXPECT_EQ(send(kAnn, "GET", at(quote)).json().at("original").at("text"), "original");
    send(kAnn, "PATCH", at(original_), R"({"visibility":"public"})");
    EXPECT_EQ(send(kNobody, "GET", at(plain)).status, 200);
}

TEST_F(RepostsTest, WithoutWordsGoSoonAfterTheirOriginal) {
    const auto plain = write(kBob, share(original_)), quote = write(kBob, share(original_, R"(,"text":"my words")"));
    send(kAnn, "DELETE", at(original_));
    EXPECT_EQ(send(kNobody, "GET", at(plain)).status, 404);
    EXPECT_EQ(send(kBob, "GET", at(plain)).status, 200);
    EXPECT_TRUE(send(kNobody, "GET", at(quote)).json().at("repost_of").is_null());
    host_.advance(std::chrono::minutes(2));
    EXPECT_EQ(send(kBob, "GET", at(plain)).status, 404);
    EXPECT_EQ(send(kBob, "GET", at(quote)).status, 200);
    EXPECT_EQ(host_.published().back().subject, "post/" + std::to_string(plain));
}

TEST_F(RepostsTest, CountOnlyWhileEverybodySeesThem) {
    const auto quote = write(kBob, share(original_, R"(,"text":"q","visibility":"private")"));
    EXPECT_EQ(number(at(original_), "reposts"), 0);
    send(kBob, "PATCH", at(quote), R"({"visibility":"public"})");
    EXPECT_EQ(number(at(original_), "reposts"), 1);
    send(kBob, "PATCH", at(quote), R"({"visibility":"followers"})");
    EXPECT_EQ(number(at(original_), "reposts"), 0);
    send(kBob, "DELETE", at(quote));
    EXPECT_EQ(number(at(original_), "reposts"), 0);
}

TEST_F(RepostsTest, AreTold) {
    const auto quote = write(kBob, share(original_, R"(,"text":"q")"));
    const auto events = host_.published();
    ASSERT_EQ(events.size(), 3U);
    for (const auto& event : {events[1], events[2]}) {
        if (event.type == "post.reposted") {
            EXPECT_EQ(event.json().at("id"), original_);
            EXPECT_EQ(event.json().at("user_id"), kBob.id);
            EXPECT_EQ(event.json().at("repost_id"), quote);
        } else {
            EXPECT_EQ(event.json().at("repost_of"), original_);
        }
    }
}

TEST_F(RepostsTest, AreCountedExactlyUnderConcurrency) {
    in_parallel(10, [&](int i) {
        const Person who{100 + i % 5, "fan", "user"};
        for (int round = 0; round < 4; ++round) {
            const Answer answer = send(who, "POST", "/api/posts", share(original_));
            EXPECT_TRUE(answer.status == 201 || answer.status == 409) << answer.body;
            if (answer.status == 201 && round < 3) {
                EXPECT_EQ(send(who, "DELETE", "/api/posts/" + id_of(answer)).status, 204);
            }
        }
    });
    const auto left = all_ids(kNobody, "/api/posts?limit=100").size() - 1;
    EXPECT_EQ(number(at(original_), "reposts"), static_cast<std::int64_t>(left));
}

}  // namespace
