#include <gatehouse/multipart.hpp>

#include <gatehouse/form.hpp>
#include <gatehouse/problem.hpp>

#include <algorithm>

#include "sdk/service/text.hpp"

namespace gatehouse {

namespace {

constexpr std::string_view kFormData = "multipart/form-data", kLineEnd = "\r\n", kHeadEnd = "\r\n\r\n";
constexpr std::size_t kBoundaryMax = 70;
constexpr std::size_t kPaddingMax = 64;  // white space after a delimiter

[[noreturn]] void refuse(const char* detail) { throw BadRequest(detail); }

// RFC 2046: bchars, without a space at the end.
bool is_boundary(std::string_view text) {
    constexpr std::string_view kMarks = "'()+_,-./:=? ";
    const auto is_allowed = [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               kMarks.find(c) != std::string_view::npos;
    };
    return !text.empty() && text.size() <= kBoundaryMax && text.back() != ' ' &&
           std::all_of(text.begin(), text.end(), is_allowed);
}

// A field's value with its parameters: `form-data; name="file"; filename="a.png"`.
class Parameters {
public:
    explicit Parameters(std::string_view field) : rest_(field) {
        const std::size_t end = rest_.find(';');
        value_ = detail::trim(rest_.substr(0, end));
        rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end);
    }

    [[nodiscard]] std::string_view value() const { return value_; }

    // False at the end. Throws when it is malformed.
    bool next(std::string_view& name, std::string& value) {
        while (rest_.starts_with(';')) rest_ = detail::trim(rest_.substr(1));
        if (rest_.empty()) return false;
        const std::size_t equals = rest_.find('=');
        if (equals == std::string_view::npos) refuse("A parameter of a part's header field has no value.");
        name = detail::trim(rest_.substr(0, equals));
        rest_ = detail::trim(rest_.substr(equals + 1));
        value = rest_.starts_with('"') ? take_quoted() : take_token();
        if (!rest_.empty() && !rest_.starts_with(';')) refuse("A part's header field is malformed.");
        return true;
    }

private:
    std::string take_token() {
        const std::string_view token = detail::trim(rest_.substr(0, rest_.find(';')));
        if (!detail::is_token(token)) refuse("A parameter of a header field must be a token or quoted.");
        rest_ = detail::trim(rest_.substr(token.size()));
        return std::string(token);
    }

    // Browsers write %22 for a quote and leave a backslash alone (WHATWG HTML, 4.10.21.8); others escape with one.
    std::string take_quoted() {
        std::string text;
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            if (rest_[i] == '"') {
                rest_ = detail::trim(rest_.substr(i + 1));
                return text;
            }
            const bool is_escape =
                rest_[i] == '\\' && i + 1 < rest_.size() && (rest_[i + 1] == '"' || rest_[i + 1] == '\\');
            text += rest_[is_escape ? ++i : i];
        }
        refuse("A quoted parameter of a header field has no end.");
    }

    std::string_view value_, rest_;
};

std::string checked_text(std::string text) {
    if (!is_utf8(text) || text.find('\0') != std::string::npos) refuse("A part's name is not UTF-8.");
    return text;
}

void read_disposition(std::string_view field, MultipartPart& part, bool& is_named) {
    Parameters parameters(field);
    if (!detail::equals_ignoring_case(parameters.value(), "form-data")) refuse("A part is no form-data.");
    std::string_view name;
    std::string value;
    while (parameters.next(name, value)) {
        if (detail::equals_ignoring_case(name, "name")) {
            part.name = checked_text(std::move(value));
            is_named = true;
        } else if (detail::equals_ignoring_case(name, "filename")) {
            part.filename = checked_text(std::move(value));
        }
    }
}

// head: lines, without the empty one.
MultipartPart part_of(std::string_view head) {
    MultipartPart part;
    bool is_named = false;
    while (!head.empty()) {
        const std::string_view line = head.substr(0, head.find(kLineEnd));
        head.remove_prefix(std::min(head.size(), line.size() + kLineEnd.size()));
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) refuse("A part's header field has no colon.");
        const std::string_view name = line.substr(0, colon);
        const std::string_view value = detail::trim(line.substr(colon + 1));
        if (!detail::is_token(name) || !detail::is_field_value(value)) refuse("A part's header field is malformed.");
        if (detail::equals_ignoring_case(name, "content-disposition")) {
            if (is_named) refuse("A part has two names.");
            read_disposition(value, part, is_named);
        } else if (detail::equals_ignoring_case(name, "content-type")) {
            part.content_type = value;
        } else if (detail::equals_ignoring_case(name, "content-transfer-encoding")) {
            const bool is_plain = detail::equals_ignoring_case(value, "binary") ||
                                  detail::equals_ignoring_case(value, "7bit") ||
                                  detail::equals_ignoring_case(value, "8bit");
            if (!is_plain) refuse("A part is encoded; send it as it is.");
        }
    }
    if (!is_named) refuse("A part has no name.");
    return part;
}

}  // namespace

bool is_multipart(std::string_view content_type) {
    return detail::equals_ignoring_case(Parameters(content_type).value(), kFormData);
}

std::string multipart_boundary(std::string_view content_type) {
    Parameters parameters(content_type);
    std::string_view name;
    std::string value;
    while (parameters.next(name, value)) {
        if (!detail::equals_ignoring_case(name, "boundary")) continue;
        if (!is_boundary(value)) refuse("The boundary of the multipart body is not one.");
        return value;
    }
    refuse("The multipart body has no boundary.");
}

MultipartParser::MultipartParser(std::string_view boundary, MultipartSink& sink, MultipartLimits limits)
    : delimiter_("\r\n--" + std::string(boundary)), sink_(sink), limits_(limits) {}

void MultipartParser::feed(std::string_view bytes) {
    if (state_ == State::epilogue) return;
    pending_ += bytes;
    while (step()) {
    }
    if (state_ == State::epilogue) pending_.clear();
}

void MultipartParser::finish() const {
    if (state_ != State::epilogue) refuse("The multipart body ends before its closing delimiter.");
}

bool MultipartParser::step() {
    switch (state_) {
        case State::preamble:
        case State::content: return find_delimiter();
        case State::after_delimiter: return read_line_after_delimiter();
        case State::head: return read_head();
        case State::epilogue: break;
    }
    return false;
}

// Gives out what cannot belong to a delimiter.
bool MultipartParser::find_delimiter() {
    const std::size_t at = pending_.find(delimiter_);
    const bool is_found = at != std::string::npos;
    const std::size_t keep = delimiter_.size() - 1;
    const std::size_t ready = is_found ? at : pending_.size() - std::min(keep, pending_.size());
    if (state_ == State::content) {
        if (ready > 0) sink_.on_data(std::string_view(pending_).substr(0, ready));
        if (is_found) sink_.on_part_end();
    } else {
        preamble_bytes_ += ready;
        if (preamble_bytes_ > limits_.preamble_bytes) throw PayloadTooLarge("There is too much before the first part.");
    }
    pending_.erase(0, is_found ? at + delimiter_.size() : ready);
    if (is_found) state_ = State::after_delimiter;
    return is_found;
}

// "--" ends it all; a line's end begins a part.
bool MultipartParser::read_line_after_delimiter() {
    if (pending_.size() < 2) return false;
    if (pending_.starts_with("--")) {
        state_ = State::epilogue;
        return false;
    }
    const std::size_t end = pending_.find(kLineEnd);
    const std::size_t padding = end == std::string::npos ? pending_.size() - (pending_.back() == '\r' ? 1 : 0) : end;
    const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
    if (padding > kPaddingMax ||
        !std::all_of(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(padding), is_space)) {
        refuse("A delimiter of the multipart body is followed by something else.");
    }
    if (end == std::string::npos) return false;
    if (++parts_ > limits_.parts) throw PayloadTooLarge("The multipart body has too many parts.");
    pending_.erase(0, end);  // the line's end may be the head's, when that is empty
    state_ = State::head;
    return true;
}

bool MultipartParser::read_head() {
    const std::size_t end = pending_.find(kHeadEnd);
    const std::size_t partial = std::min(pending_.size(), kHeadEnd.size() - 1);
    const std::size_t size = end == std::string::npos ? pending_.size() - partial : end;
    if (size > limits_.head_bytes + kHeadEnd.size()) throw PayloadTooLarge("The head of a part is too large.");
    if (end == std::string::npos) return false;
    const std::size_t begin = std::min(end, kLineEnd.size());
    sink_.on_part(part_of(std::string_view(pending_).substr(begin, end - begin)));
    pending_.erase(0, end + kHeadEnd.size());
    state_ = State::content;
    return true;
}

}  // namespace gatehouse
