#include "gateway/abi_test/inputs.hpp"

#include <algorithm>

namespace gatehouse::abi_test {

namespace {

constexpr std::size_t kBodyBytesMax = 256 * 1024;

template <class Visit>
void for_each_capture(const std::string& pattern, Visit&& visit) {
    for (std::size_t at = pattern.find('{'); at != std::string::npos; at = pattern.find('{', at + 1)) {
        const std::string name = pattern.substr(at + 1, pattern.find('}', at) - at - 1);
        visit(name.find(":int") != std::string::npos, name.ends_with('*'));
    }
}

bool has_body(const Route& route) {
    return route.method != "GET" && route.method != "DELETE" && route.method != "HEAD";
}

std::string repeated(std::string_view text, std::size_t count) {
    std::string result;
    for (std::size_t i = 0; i < count; ++i) result += text;
    return result;
}

std::unique_ptr<Identity> service_identity() {
    return std::make_unique<Identity>(Identity{GH_IDENTITY_SERVICE, "1", "ann", "", "orders", {}});
}

}  // namespace

Input ordinary_input(const Route& route) {
    Input input;
    for_each_capture(route.pattern, [&](bool, bool) { input.captures.emplace_back("1"); });
    input.headers = {{"user-agent", "abi-test"}, {"accept", "*/*"}};
    if (has_body(route)) {
        input.headers.emplace_back("content-type", "application/json");
        input.body = route.streams_in() ? repeated("0123456789abcdef", 1024) : "{}";
    }
    if (route.is_internal()) {
        input.identity = service_identity();
    } else {
        input.identity = std::make_unique<Identity>(Identity{0, "1", "ann", "s1", "", route.roles});
    }
    return input;
}

std::string HostileInputs::noise(std::size_t length) {
    std::string text(length, '\0');
    std::generate(text.begin(), text.end(), [this] { return static_cast<char>(random_()); });
    return text;
}

std::string HostileInputs::capture(bool is_integer, bool is_rest) {
    static const std::string kIntegers[] = {"0", "1", "00000000001", "9223372036854775807", "9999999999999999999"};
    static const std::string kTexts[] = {"1",
                                         "-1",
                                         "\xff\xfe\x80",
                                         std::string("a\0b", 3),
                                         "..",
                                         "%2e%2e%2f",
                                         "'; drop table users--",
                                         "\xed\xa0\x80",
                                         "{{7*7}}",
                                         "\"quoted\"",
                                         "\xf0\x9f\x92\xa9",
                                         "a/b\\c",
                                         "null",
                                         "1e400",
                                         " ",
                                         std::string(8000, 'x')};
    static const std::string kRests[] = {"", "a", "a/b/c", "../../etc/passwd", "//", std::string("\0", 1)};
    if (is_integer) return pick(kIntegers);
    if (is_rest) return pick(kRests);
    return random_() % 8 == 0 ? noise(1 + random_() % 64) : pick(kTexts);
}

std::string HostileInputs::body(std::size_t bytes_max) {
    static const std::string kBodies[] = {"",
                                          "{}",
                                          "[]",
                                          "null",
                                          "true",
                                          "\"\"",
                                          "0",
                                          "-",
                                          "{",
                                          "{\"a\":",
                                          "{\"a\":1,\"a\":2}",
                                          "[1,]",
                                          "{'a':1}",
                                          "\xef\xbb\xbf{}",
                                          "{\"text\":\"\xff\xfe\"}",
                                          "{\"text\":\"\\ud800\"}",
                                          "{\"title\":null,\"text\":[]}",
                                          std::string("{\"a\":\"\0\"}", 9),
                                          "{\"n\":1e400}",
                                          "{\"n\":-9223372036854775809}",
                                          "{\"n\":0.1e-99999}",
                                          "a=1&b=2&a=%zz&&=",
                                          "username=ann&password=%00",
                                          "{\"username\":\"\xed\xa0\x80\",\"password\":{}}",
                                          "--x\r\nContent-Disposition: form-data\r\n\r\n",
                                          "\r\n\r\n",
                                          "0\r\n\r\n"};
    std::string result;
    switch (random_() % 8) {
        case 0: result = noise(random_() % 4096); break;
        case 1: result = repeated("[", 1 + random_() % 20'000); break;
        case 2: result = repeated("{\"a\":", 1 + random_() % 5'000); break;
        case 3: result = "{\"text\":\"" + std::string(random_() % kBodyBytesMax, 'a') + "\"}"; break;
        default: result = pick(kBodies); break;
    }
    result.resize(std::min(result.size(), bytes_max));
    return result;
}

std::unique_ptr<Identity> HostileInputs::identity(const Route& route) {
    static const std::string kSubjects[] = {"1", "0", "-1", "99999999999999999999", "", "ann", "\xff", "1;2", " 1"};
    if (route.is_internal()) return service_identity();
    if (route.allows_anonymous() && random_() % 3 == 0) return nullptr;
    if (random_() % 5 == 0 && route.roles.empty()) {
        auto service = service_identity();
        if (random_() % 2 == 0) service->subject.clear();
        return service;
    }
    auto who = std::make_unique<Identity>(
        Identity{0, pick(kSubjects), random_() % 4 == 0 ? noise(20) : "ann", "s", "", route.roles});
    for (std::size_t i = random_() % 4 == 0 ? 200 : 0; i > 0; --i) who->roles.push_back("role" + std::to_string(i));
    return who;
}

Input HostileInputs::next(const Route& route) {
    static const std::string kQueries[] = {"",
                                           "",
                                           "a",
                                           "=",
                                           "&&&",
                                           "limit=-1&limit=999999999999999999999",
                                           "limit=\xff",
                                           "cursor=%00%ff",
                                           "ids=1,2,,,x",
                                           "after=" + std::string(4000, 'A'),
                                           "q=%F0%9F%92",
                                           "%zz=%",
                                           "a=1;b=2",
                                           "shout=maybe&shout",
                                           "cursor=eyJhIjoxfQ=="};
    static const std::string kTypes[] = {"application/json",
                                         "application/json; charset=utf-16",
                                         "text/plain",
                                         "",
                                         "application/x-www-form-urlencoded",
                                         "multipart/form-data; boundary=",
                                         "\xff/\xff",
                                         "application/merge-patch+json"};
    static const std::pair<std::string, std::string> kFields[] = {{"if-match", "\"1\""},
                                                                  {"if-match", "W/\"\xff"},
                                                                  {"if-none-match", "*"},
                                                                  {"if-none-match", ",,,\"\""},
                                                                  {"authorization", "Bearer a.b.c"},
                                                                  {"authorization", "Bearer " + std::string(6000, 'x')},
                                                                  {"authorization", "Basic Og=="},
                                                                  {"cookie", "a=b; =; session=\xff"},
                                                                  {"accept", "text/*;q=NaN"},
                                                                  {"accept-language", std::string(3000, ',')},
                                                                  {"idempotency-key", std::string(300, 'k')},
                                                                  {"range", "bytes=9-1,-0"},
                                                                  {"if-modified-since", "yesterday"},
                                                                  {"x-original-url", "/admin"},
                                                                  {"forwarded", "for=\"[::"},
                                                                  {"traceparent", "zz"}};
    Input input;
    for_each_capture(route.pattern,
                     [&](bool is_integer, bool is_rest) { input.captures.push_back(capture(is_integer, is_rest)); });
    input.query = pick(kQueries);
    for (std::size_t i = random_() % 4; i > 0; --i) input.headers.push_back(pick(kFields));
    for (std::size_t i = random_() % 16 == 0 ? 100 : 0; i > 0; --i)
        input.headers.emplace_back("x-many", std::to_string(i));
    if (random_() % 8 != 0) input.headers.emplace_back("content-type", pick(kTypes));
    if (has_body(route) || random_() % 8 == 0) {
        const std::uint64_t bound = route.max_body == 0 ? kBodyBytesMax : route.max_body;
        input.body = body(static_cast<std::size_t>(std::min<std::uint64_t>(bound, kBodyBytesMax)));
    }
    input.identity = identity(route);
    input.chunk_bytes = random_() % 3 == 0 ? 1 + random_() % 7 : 1 + random_() % 9000;
    if (input.body.size() / input.chunk_bytes > 2000) input.chunk_bytes = input.body.size() / 2000;
    input.has_deadline = random_() % 2 == 0;
    return input;
}

}  // namespace gatehouse::abi_test
