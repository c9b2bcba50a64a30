// Paths: normalising is idempotent, never lengthens, and leaves nothing that a second reader could resolve differently.
#include <cstddef>
#include <cstdint>

#include "gateway/base/ascii.hpp"
#include "gateway/http/characters.hpp"
#include "gateway/http/target.hpp"
#include "tests/fuzz/http_oracles.hpp"

namespace {

using namespace gatehouse;
using fuzz::require;

// Splits at "/" and, as a careless reader would, at "%2F".
void expect_no_dot_segments(const std::string& path) {
    std::string careless;
    for (std::size_t i = 0; i < path.size(); ++i) {
        const bool encoded_slash = path.compare(i, 3, "%2F") == 0;
        careless.push_back(encoded_slash ? '/' : path[i]);
        if (encoded_slash) i += 2;
    }
    careless.push_back('/');
    for (std::size_t start = 1, end; (end = careless.find('/', start)) != std::string::npos; start = end + 1) {
        const std::string segment = careless.substr(start, end - start);
        const std::string name = segment.substr(0, segment.find(';'));
        require(name != "." && name != "..", "a dot segment is left");
    }
}

void expect_normal(const std::string& path, http::EncodedSlash encoded_slash) {
    require(path.starts_with('/'), "a path begins with a slash");
    require(path.find("//") == std::string::npos, "a double slash is left");
    expect_no_dot_segments(path);
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] != '%') {
            require(http::is_path_char(path[i]), "an octet that no path may contain");
            continue;
        }
        const std::string digits = path.substr(i + 1, 2);
        require(digits.size() == 2 && http::hex_value(digits[0]) >= 0 && http::hex_value(digits[1]) >= 0,
                "a bad escape");
        require(digits.find_first_of("abcdef") == std::string::npos, "lower-case hex");
        const char decoded = static_cast<char>(http::hex_value(digits[0]) * 16 + http::hex_value(digits[1]));
        require(!http::is_unreserved(decoded), "an escape that was needless");
        require(http::is_field_value_char(decoded) && decoded != '\t' && decoded != '\\', "an escape that is refused");
        require(decoded != '/' || encoded_slash == http::EncodedSlash::keep, "an encoded slash");
    }
}

void check(std::string path, http::EncodedSlash encoded_slash) {
    const std::size_t size = path.size();
    const auto first = http::normalize_path(path, encoded_slash);
    if (!first.refusal.empty()) return;
    require(first.size <= size, "a path grew");
    path.resize(first.size);
    expect_normal(path, encoded_slash);

    std::string again = path;
    const auto second = http::normalize_path(again, encoded_slash);
    require(second.refusal.empty() && second.size == path.size() && again == path, "normalising is not idempotent");
    require(second.has_encoded_slash == first.has_encoded_slash, "an encoded slash comes or goes");
    require(first.has_encoded_slash == (path.find("%2F") != std::string::npos), "encoded slashes are told");
    require(http::decode_segment(path).find('\0') == std::string::npos, "NUL comes out");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string path(reinterpret_cast<const char*>(data), size);
    check(path, http::EncodedSlash::refuse);
    check(path, http::EncodedSlash::keep);
    check("/" + path, http::EncodedSlash::keep);
    return 0;
}
