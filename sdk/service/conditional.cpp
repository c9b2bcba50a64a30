// Preconditions of RFC 9110, 13: If-Match compares strongly, If-None-Match weakly.
#include <gatehouse/problem.hpp>
#include <gatehouse/request.hpp>

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

#include "sdk/service/text.hpp"

namespace gatehouse {

namespace {

enum class Compare { strongly, weakly };

std::string_view without_weakness(std::string_view tag) { return tag.substr(0, 2) == "W/" ? tag.substr(2) : tag; }

// Is `current` in the list, or the list "*"? A quoted tag may contain commas.
bool names(std::string_view list, std::string_view current, Compare compare) {
    list = detail::trim(list);
    if (list == "*") return true;
    while (!list.empty()) {
        const std::size_t open = list.find('"');
        const std::size_t close = open == std::string_view::npos ? open : list.find('"', open + 1);
        if (close == std::string_view::npos) return false;
        const std::size_t begin = open >= 2 && list.substr(open - 2, 2) == "W/" ? open - 2 : open;
        const std::string_view tag = list.substr(begin, close + 1 - begin);
        const bool equal = compare == Compare::weakly ? without_weakness(tag) == without_weakness(current)
                                                      : tag == current && tag.front() == '"';
        if (equal) return true;
        list.remove_prefix(close + 1);
    }
    return false;
}

}  // namespace

std::string etag(std::int64_t version) { return "\"v" + std::to_string(version) + "\""; }

std::string etag_of(std::string_view content) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    if (EVP_Digest(content.data(), content.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("SHA-256 is not available");
    }
    std::string tag = "\"";
    for (std::size_t i = 0; i < 16; ++i) {
        tag += kHex[digest[i] >> 4];
        tag += kHex[digest[i] & 15];
    }
    return tag + "\"";
}

bool Request::is_not_modified(std::string_view current) const {
    for (const std::string_view list : header_values("if-none-match")) {
        if (names(list, current, Compare::weakly)) return true;
    }
    return false;
}

void Request::check_match(std::string_view current) const {
    const auto lists = header_values("if-match");
    if (lists.empty()) return;
    for (const std::string_view list : lists) {
        if (names(list, current, Compare::strongly)) return;
    }
    throw PreconditionFailed("Somebody else changed it first.");
}

void Request::require_match(std::string_view current) const {
    if (!header("if-match")) throw PreconditionRequired("An If-Match field is required.");
    check_match(current);
}

}  // namespace gatehouse
