#include "gateway/http/framing.hpp"

#include "gateway/base/ascii.hpp"
#include "gateway/http/characters.hpp"
#include "gateway/http/serializer.hpp"

namespace gatehouse::http {

namespace {

constexpr std::size_t kLengthDigitsMax = 18;  // below 2^63 whatever the digits

// A list of other codings that ends in chunked is well-formed, only not implemented here.
bool ends_in_chunked_once(std::string_view value) {
    while (true) {
        const std::size_t comma = value.find(',');
        const std::string_view coding = trim_blanks(value.substr(0, comma));
        const bool is_chunked = ascii::iequals(coding, "chunked");
        if (comma == std::string_view::npos) return is_chunked;
        if (is_chunked || !is_token(coding)) return false;
        value.remove_prefix(comma + 1);
    }
}

}  // namespace

bool BodyFraming::fail(int status, std::string_view reason) {
    failure_ = {status, reason};
    return false;
}

bool BodyFraming::add_content_length(std::string_view value) {
    if (has_content_length_) return fail(400, "duplicate_content_length");
    has_content_length_ = true;
    if (value.empty()) return fail(400, "bad_content_length");
    for (const char c : value) {
        if (!ascii::is_digit(c)) return fail(400, "bad_content_length");
    }
    value.remove_prefix(std::min(value.find_first_not_of('0'), value.size() - 1));
    if (value.size() > kLengthDigitsMax) return fail(413, "body_too_large");
    for (const char c : value) content_length_ = content_length_ * 10 + static_cast<std::uint64_t>(c - '0');
    return true;
}

bool BodyFraming::add_transfer_encoding(std::string_view value) {
    if (is_chunked_) return fail(400, "duplicate_transfer_encoding");
    if (!ascii::iequals(value, "chunked")) {
        return fail(ends_in_chunked_once(value) ? 501 : 400, "bad_transfer_encoding");
    }
    is_chunked_ = true;
    return true;
}

bool BodyFraming::finish(int minor_version) {
    if (!is_chunked_) return true;
    if (has_content_length_) return fail(400, "length_and_chunked");
    if (minor_version == 0) return fail(400, "chunked_in_http10");
    return true;
}

}  // namespace gatehouse::http
