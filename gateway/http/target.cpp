#include "gateway/http/target.hpp"

#include <array>

#include "gateway/http/characters.hpp"
#include "gateway/http/utf8_validator.hpp"

namespace gatehouse::http {

namespace {

constexpr std::string_view kEncodedSlash = "%2F";

enum PathClass : std::uint8_t { kForbidden = 0, kPlain = 1, kDot = 2, kSlash = 4 };
constexpr auto kPathClass = [] {
    std::array<std::uint8_t, 256> table{};
    for (int i = 0; i < 256; ++i) table[i] = is_path_char(static_cast<char>(i)) ? kPlain : kForbidden;
    table['.'] = kDot;
    table['/'] = kSlash;
    return table;
}();

// Nearly all paths are normal as they come: one look at each octet says so.
bool is_normal(std::span<const char> path) {
    unsigned previous = kPlain;
    for (const char c : path) {
        const unsigned present = kPathClass[octet(c)];
        if (present == kForbidden) return false;
        if (previous == kSlash && present != kPlain) return false;
        previous = present;
    }
    return true;
}

// "." and "..", as they are and with parameters, which some readers cut off.
bool is_dot_segment(std::string_view segment) { return segment == "." || segment == ".."; }
bool is_dot_segment_with_parameters(std::string_view segment) {
    return segment.starts_with(".;") || segment.starts_with("..;");
}

// A reader that takes "%2F" for a slash must not find dot segments either.
bool hides_dot_segment(std::string_view segment) {
    while (true) {
        const std::size_t slash = segment.find(kEncodedSlash);
        const std::string_view part = segment.substr(0, slash);
        if (is_dot_segment(part) || is_dot_segment_with_parameters(part)) return true;
        if (slash == std::string_view::npos) return false;
        segment.remove_prefix(slash + kEncodedSlash.size());
    }
}

// Rewrites a path in place: the written part never overtakes the read part.
class PathRewriter final {
public:
    PathRewriter(std::span<char> path, EncodedSlash encoded_slash) : path_(path), encoded_slash_(encoded_slash) {}

    NormalizedPath run() {
        while (read_ < path_.size()) {
            while (read_ < path_.size() && path_[read_] == '/') ++read_;
            if (!take_segment()) return {0, false, refusal_};
        }
        return {written_, has_encoded_slash_, {}};
    }

private:
    // Appends "/segment", or takes one away for "..". At the end of the path a dot segment leaves its slash.
    bool take_segment() {
        const std::size_t start = written_;
        std::size_t end = start;
        path_[end++] = '/';
        if (!copy_decoded(end)) return false;

        const std::string_view segment(path_.data() + start + 1, end - start - 1);
        if (is_dot_segment(segment)) {
            if (segment == ".." && !drop_last_segment()) return false;
            if (read_ == path_.size()) path_[written_++] = '/';
            return true;
        }
        if (is_dot_segment_with_parameters(segment)) return refuse("dot_segment_with_parameters");
        if (has_encoded_slash_ && hides_dot_segment(segment)) return refuse("encoded_slash");
        written_ = end;
        return true;
    }

    // With an encoded slash in it, readers differ on how much that is.
    bool drop_last_segment() {
        if (written_ == 0) return refuse("path_above_root");
        const std::string_view written(path_.data(), written_);
        written_ = written.rfind('/');
        return written.find(kEncodedSlash, written_) == std::string_view::npos || refuse("encoded_slash");
    }

    // Copies up to the next slash, decoding; `end` moves behind what was written.
    bool copy_decoded(std::size_t& end) {
        Utf8Validator utf8;
        for (; read_ < path_.size() && path_[read_] != '/'; ++read_) {
            const char c = path_[read_];
            if (c == '%') {
                if (!copy_escape(end, utf8)) return false;
            } else {
                if (!is_path_char(c)) return refuse("bad_path_character");
                if (!utf8.is_complete()) return refuse("bad_utf8");
                path_[end++] = c;
            }
        }
        return utf8.is_complete() || refuse("bad_utf8");
    }

    // On return read_ stands on the last octet of the escape.
    bool copy_escape(std::size_t& end, Utf8Validator& utf8) {
        if (path_.size() - read_ < 3) return refuse("bad_escape");
        const int high = hex_value(path_[read_ + 1]);
        const int low = hex_value(path_[read_ + 2]);
        if (high < 0 || low < 0) return refuse("bad_escape");
        const char decoded = static_cast<char>(high * 16 + low);
        read_ += 2;

        if (octet(decoded) < 0x20 || decoded == 0x7f) return refuse("encoded_control");
        if (decoded == '\\') return refuse("encoded_backslash");
        if (!utf8.feed(octet(decoded))) return refuse("bad_utf8");
        if (decoded == '/') {
            if (encoded_slash_ == EncodedSlash::refuse) return refuse("encoded_slash");
            has_encoded_slash_ = true;
        }
        if (is_unreserved(decoded)) {
            path_[end++] = decoded;
        } else {
            path_[end++] = '%';
            path_[end++] = kUpperHex[high];
            path_[end++] = kUpperHex[low];
        }
        return true;
    }

    bool refuse(std::string_view reason) {
        refusal_ = reason;
        return false;
    }

    std::span<char> path_;
    EncodedSlash encoded_slash_;
    std::size_t read_ = 0;
    std::size_t written_ = 0;
    bool has_encoded_slash_ = false;
    std::string_view refusal_;
};

}  // namespace

NormalizedPath normalize_path(std::span<char> path, EncodedSlash encoded_slash) {
    if (path.empty() || path.front() != '/') return {0, false, "bad_target"};
    if (is_normal(path)) return {path.size(), false, {}};
    return PathRewriter(path, encoded_slash).run();
}

std::optional<std::size_t> normalize_path(std::span<char> path) {
    const NormalizedPath result = normalize_path(path, EncodedSlash::refuse);
    if (!result.refusal.empty()) return std::nullopt;
    return result.size;
}

std::string decode_segment(std::string_view segment) {
    std::string decoded;
    decoded.reserve(segment.size());
    for (std::size_t i = 0; i < segment.size(); ++i) {
        const bool is_escape = segment[i] == '%' && segment.size() - i > 2 && hex_value(segment[i + 1]) >= 0 &&
                               hex_value(segment[i + 2]) >= 0;
        if (is_escape) {
            decoded.push_back(static_cast<char>(hex_value(segment[i + 1]) * 16 + hex_value(segment[i + 2])));
            i += 2;
        } else {
            decoded.push_back(segment[i]);
        }
    }
    return decoded;
}

}  // namespace gatehouse::http
