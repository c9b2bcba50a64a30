#include "tests/unit/plugins/media/media_fixture.hpp"

namespace {

constexpr char kUnknown[] = "018f3c1e-7b2a-7c3d-9e4f-0123456789ab";

class BatchTest : public MediaTest {
protected:
    Answer batch(const std::string& ids, const std::string& service = "posts") {
        auto request = host_.request("POST", "/api/media/batch");
        if (!service.empty()) request.as_service(service);
        return request.as_user(kAnn).json(R"({"ids":)" + ids + "}").send();
    }
    static std::string quoted(const std::string& text) { return '"' + text + '"'; }
    static std::string id_of(const Answer& answer) { return std::string(answer.json().at("id").as_string()); }

    const Answer photo_ = upload(samples::image(Format::jpeg, 40, 20), kAnn, "image/jpeg");
    const Answer drawing_ = upload(samples::image(Format::png, 30, 10), kBob);
};

TEST_F(BatchTest, TellsWhatServicesNeedToKnowInTheOrderAskedForEachOnce) {
    const std::string photo = id_of(photo_), drawing = id_of(drawing_);
    const auto answer =
        batch("[" + quoted(drawing) + "," + quoted(kUnknown) + "," + quoted(photo) + "," + quoted(drawing) + "]");
    ASSERT_EQ(answer.status, 200);
    const std::string expected = R"({"items":[{"id":")" + drawing + R"(","owner_id":8,"url":"/api/media/)" + drawing +
                                 R"(","width":30,"height":10,"content_type":"image/png"},{"id":")" + photo +
                                 R"(","owner_id":7,"url":"/api/media/)" + photo +
                                 R"(","width":40,"height":20,"content_type":"image/jpeg"}]})";
    EXPECT_EQ(answer.body, expected);
}

TEST_F(BatchTest, LeavesOutWhatWasDeleted) {
    remove(url_of(photo_));
    EXPECT_EQ(batch("[" + quoted(id_of(photo_)) + "]").body, R"({"items":[]})");
}

TEST_F(BatchTest, IsForServicesOnly) { EXPECT_EQ(batch("[" + quoted(id_of(photo_)) + "]", "").status, 404); }

TEST_F(BatchTest, IsBoundedAndTakesIdsAlone) {
    std::string many = quoted(kUnknown);
    for (int i = 1; i < 100; ++i) many += "," + quoted(kUnknown);
    EXPECT_EQ(batch("[" + many + "]").body, R"({"items":[]})");
    EXPECT_EQ(batch("[]").body, R"({"items":[]})");
    EXPECT_EQ(batch("[" + many + "," + quoted(kUnknown) + "]").error_pointers(), std::vector<std::string>{"/ids"});
    for (const char* ids :
         {"1", "[1]", "null", R"(["x"])", R"(["\"},{"])", R"(["018f3c1e-7b2a-7c3d-9e4f-0123456789a'"])"}) {
        EXPECT_EQ(batch(ids).status, 422) << ids;
    }
}

}  // namespace
