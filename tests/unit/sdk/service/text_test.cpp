#include <gatehouse/form.hpp>
#include <gatehouse/page.hpp>
#include <gatehouse/request.hpp>
#include <gatehouse/response.hpp>
#include <gatehouse/time.hpp>
#include <gatehouse/visible_line.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sdk/service/base64url.hpp"
#include "sdk/service/pattern.hpp"

namespace {

using namespace gatehouse;
using ::testing::ElementsAre;
using ::testing::Pair;

TEST(FormTest, DecodesPairs) {
    EXPECT_THAT(*parse_form("a=1&b=x+y%20z&a=%D1%91&c&=v&&"),
                ElementsAre(Pair("a", "1"), Pair("b", "x y z"), Pair("a", "ё"), Pair("c", ""), Pair("", "v")));
    EXPECT_TRUE(parse_form("")->empty());
}

TEST(FormTest, RefusesWhatIsMalformedOrTooMuch) {
    for (const char* text : {"a=%", "a=%4", "a=%GG", "%=1", "a=%FF", "a=%00", "a=\xff", "a=%ED%A0%80", "a=%C0%AF"}) {
        EXPECT_FALSE(parse_form(text)) << text;
    }
    EXPECT_FALSE(parse_form("a=12345", {.bytes = 6, .pairs = 9}));
    EXPECT_FALSE(parse_form("a&b&c", {.bytes = 99, .pairs = 2}));
}

TEST(VisibleLineTest, TakesNamesInWhateverScript) {
    for (const char* name : {"", "Ada", "Анна Каренина", "María-José O'Neill", "李小龍", "محمد", "न\u200dम",
                             "می\u200cخواهم", "👩\u200d🚀", "\U0001F3F4", "\uFFFD", "\u00A0"}) {
        EXPECT_TRUE(is_visible_line(name)) << name;
    }
}

TEST(VisibleLineTest, RefusesWhatIsNotSeenOrEndsALine) {
    for (const std::string_view name :
         {"a\nb",   "a\r",        "a\tb",       "\x1b[2J",    "\x7f",   "\u0085",    "\u00AD",      "\u200b", "\u2028",
          "\u2029", "\u202a",     "\u202e",     "\u2060",     "\u2066", "\u2069",    "\ufeff",      "\ufff9", "\ufdd0",
          "\uffff", "\U000E0041", "\U0001FFFE", "\U0010FFFF", "\xff",   "a\xc0\xaf", "\xed\xa0\x80"}) {
        EXPECT_FALSE(is_visible_line(name)) << name;
        EXPECT_FALSE(is_visible_line("Ada" + std::string(name)));
    }
    EXPECT_FALSE(is_visible_line(std::string_view("a\0b", 3)));
}

TEST(FormTest, EncodesWhatItDecodes) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    EXPECT_EQ(percent_decode(percent_encode(all)), all);
    EXPECT_EQ(percent_encode("a/b c~"), "a%2Fb%20c~");
    EXPECT_EQ(percent_decode("a+b"), "a+b");
}

TEST(Utf8Test, TellsWellFormedFromJunk) {
    for (const char* good : {"", "a", "ё", "€", "😀", "\xF4\x8F\xBF\xBF"}) EXPECT_TRUE(is_utf8(good)) << good;
    for (const char* bad : {"\x80", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                            "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xE2\x82", "a\xFE"}) {
        EXPECT_FALSE(is_utf8(bad));
    }
    EXPECT_EQ(count_code_points("aё€😀"), 4);
}

TEST(TimeTest, ReadsAndWritesRfc3339) {
    const struct {
        const char* text;
        const char* expected;  // "" = refused
    } cases[] = {
        {"2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000Z"},
        {"2026-03-01t12:00:00.5z", "2026-03-01T12:00:00.500Z"},
        {"2026-03-01T12:00:00.123456+02:30", "2026-03-01T09:30:00.123Z"},
        {"2026-03-01T00:00:00-01:00", "2026-03-01T01:00:00.000Z"},
        {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
        {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
        {"0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"},
        {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
        {"9999-12-31T23:59:60Z", ""},
        {"9999-12-31T23:59:00-00:01", ""},
        {"0000-01-01T00:00:00+00:01", ""},
        {"2026-02-29T12:00:00Z", ""},
        {"2026-03-01T24:00:00Z", ""},
        {"2026-03-01T12:60:00Z", ""},
        {"2026-03-01T12:00:61Z", ""},
        {"2026-03-01T12:00:00", ""},
        {"2026-03-01T12:00:00.Z", ""},
        {"2026-03-01T12:00:00+2:00", ""},
        {"2026-03-01T12:00:00Z ", ""},
        {"2026-3-1T12:00:00Z", ""},
        {"", ""},
    };
    for (const auto& test : cases) {
        const auto time = parse_rfc3339(test.text);
        EXPECT_EQ(time ? to_rfc3339(*time) : "", test.expected) << test.text;
    }
    EXPECT_EQ(to_http_date(*parse_rfc3339("1994-11-06T08:49:37Z")), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(TimeTest, ReadsAndWritesDurations) {
    for (const char* text : {"0s", "1ms", "30s", "15m", "24h", "30d"}) {
        const auto duration = parse_duration(text);
        ASSERT_TRUE(duration) << text;
        EXPECT_EQ(parse_duration(to_duration_text(*duration)), duration) << text;
    }
    for (const char* text :
         {"", "s", "1", "-1s", "1.5s", "1 s", "99999999999999999999s", "9223372036854775807d", "1S"}) {
        EXPECT_FALSE(parse_duration(text)) << text;
    }
}

TEST(Base64UrlTest, HasOneTextPerValue) {
    for (std::string bytes :
         {std::string(), std::string("f"), std::string("fo"), std::string("foo"), std::string("\xff\xfe\x00", 3)}) {
        EXPECT_EQ(detail::base64url_decode(detail::base64url_encode(bytes)), bytes);
    }
    EXPECT_EQ(detail::base64url_encode("\xfb\xff"), "-_8");
    for (const char* text : {"A", "AB=", "A+/=", "Zh", "Zm9", "Zg=="})
        EXPECT_FALSE(detail::base64url_decode(text)) << text;
}

class CursorTest : public ::testing::Test {
protected:
    bool opens(const std::string& candidate, const std::string& scope = "posts") const {
        try {
            const auto parts = cursors.open<std::int64_t, std::string>(candidate, scope);
            return std::get<0>(*parts) == -5 && std::get<1>(*parts) == "a;b:c";
        } catch (const Invalid& invalid) {
            EXPECT_EQ(invalid.errors().at(0).parameter, "cursor");
            return false;
        }
    }
    Cursors cursors{"secret"};
    std::string cursor = cursors.seal("posts", std::int64_t{-5}, std::string("a;b:c"));
};

TEST_F(CursorTest, OpensWhatItSealed) {
    EXPECT_TRUE(opens(cursor));
    EXPECT_TRUE(cursor == Cursors("secret").seal("posts", -5, "a;b:c")) << "the same in every process";
    EXPECT_FALSE((cursors.open<std::int64_t>(std::nullopt, "posts")));
}

TEST_F(CursorTest, RefusesEveryChangedCharacter) {
    for (std::size_t at = 0; at < cursor.size(); ++at) {
        std::string forged = cursor;
        forged[at] = forged[at] == 'A' ? 'B' : 'A';  // another character in any case
        EXPECT_FALSE(opens(forged)) << at;
        EXPECT_FALSE(opens(cursor.substr(0, at))) << at;
    }
    EXPECT_FALSE(opens(cursor + "A"));
}

TEST_F(CursorTest, RefusesOtherScopesKeysAndShapes) {
    EXPECT_FALSE(opens(cursor, "feed"));
    EXPECT_FALSE(opens(Cursors("other").seal("posts", -5, "a;b:c")));
    EXPECT_FALSE(opens(Cursors("").seal("posts", -5, "a;b:c")));
    EXPECT_FALSE(opens(cursors.seal("posts", "a;b:c", -5)));
    EXPECT_FALSE(opens(cursors.seal("posts", -5)));
    EXPECT_FALSE(opens(cursors.seal("posts", -5, "a;b:c", 1)));
    EXPECT_FALSE(opens(""));
}

TEST(PatternTest, NamesCaptures) {
    EXPECT_EQ(detail::openapi_path("/a/{id:int}/{rest*}"), "/a/{id}/{rest}");
    EXPECT_EQ(detail::default_operation_id("DELETE", "/api/posts/{id:int}/like"), "delete_api_posts_id_like");
    EXPECT_EQ(detail::captures_of("/a").size(), 0);
    EXPECT_TRUE(detail::captures_of("/{id:int}").at(0).is_integer);
}

// A request made by hand, for what reads headers.
class RequestTest : public ::testing::Test {
protected:
    RequestTest() {
        view.size = sizeof(view);
        view.headers = headers;
        view.n_headers = std::size(headers);
    }
    static gh_str text(std::string_view value) { return {value.data(), value.size()}; }

    const gh_kv headers[5] = {{text("accept"), text("a")},
                              {text("cookie"), text("a=1; b=\"two\"; =x; c")},
                              {text("accept"), text("b")},
                              {text("cookie"), text("d = 4")},
                              {text("content-type"), text(" text/html ;charset=utf-8")}};
    gh_request_view view{};
    Request request{nullptr, &view};
};

TEST_F(RequestTest, FindsHeadersInAnyCase) {
    EXPECT_EQ(request.header("Accept"), "a");
    EXPECT_THAT(request.header_values("ACCEPT"), ElementsAre("a", "b"));
    EXPECT_FALSE(request.header("x"));
    EXPECT_EQ(request.content_type(), "text/html");
}

TEST_F(RequestTest, FindsCookies) {
    EXPECT_EQ(request.cookie("a"), "1");
    EXPECT_EQ(request.cookie("b"), "two");
    EXPECT_EQ(request.cookie("d"), "4");
    EXPECT_FALSE(request.cookie("A"));
    EXPECT_FALSE(request.cookie("c"));
}

TEST_F(RequestTest, TakesOnlyPositiveNumbersAsUsers) {
    for (const char* subject : {"", "0", "-1", "x", "1x", "9223372036854775808"}) {
        gh_identity identity{};
        identity.size = sizeof(identity);
        identity.subject = text(subject);
        view.identity = &identity;
        const Request fresh{nullptr, &view};
        EXPECT_EQ(fresh.maybe_user(), nullptr) << subject;
        EXPECT_THROW(static_cast<void>(fresh.user()), Unauthorized);
    }
}

TEST_F(RequestTest, ReadsTypedQueries) {
    view.query = text("n=5&n=6&flag=true&text=%C3%A9&bad=x");
    const Request fresh{nullptr, &view};
    EXPECT_EQ(fresh.query<int>("n"), 5);
    EXPECT_EQ(fresh.query("missing", 9), 9);
    EXPECT_EQ(fresh.query("flag", false), true);
    EXPECT_EQ(fresh.query("text"), "é");
    EXPECT_THROW(static_cast<void>(fresh.query<int>("bad")), Invalid);
    EXPECT_THROW(static_cast<void>(fresh.query("n", 1, between(1, 4))), Invalid);
    EXPECT_THROW(static_cast<void>(fresh.query<std::int8_t>("n", 0, between<std::int8_t>(6, 7))), Invalid);
}

TEST(ResponseTest, RefusesFieldsThatWouldSplitIt) {
    EXPECT_THROW(Response().header("x", "a\r\nset-cookie: b"), std::logic_error);
    EXPECT_THROW(Response().header("x y", "a"), std::logic_error);
    EXPECT_THROW(Response().cookie({"a", "b; Domain=evil"}), std::logic_error);
    EXPECT_EQ(Response().header("X-Y", "é\t").headers().at(0).name, "x-y");
}

}  // namespace
