#include "tests/soak/client/response_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace soak {

namespace {

constexpr std::size_t kHeadMax = 64 * 1024;

bool is_name(std::string_view line, std::string_view name) {
    if (line.size() <= name.size() || line[name.size()] != ':') return false;
    return std::equal(name.begin(), name.end(), line.begin(),
                      [](char left, char right) { return left == (right | ('A' <= right && right <= 'Z' ? 32 : 0)); });
}

std::string_view value_of(std::string_view line) {
    line.remove_prefix(line.find(':') + 1);
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    return line;
}

template <class T>
bool to_number(std::string_view text, T& out, int base = 10) {
    const auto result = std::from_chars(text.data(), text.data() + text.size(), out, base);
    return result.ec == std::errc() && result.ptr != text.data();
}

}  // namespace

void ResponseReader::begin() {
    stage_ = Stage::head;
    pending_.clear();
    body_.clear();
    generation_.clear();
    left_ = 0;
    status_ = 0;
    closes_ = false;
}

ResponseReader::Status ResponseReader::feed(std::string_view& input) {
    return stage_ == Stage::head ? read_head(input) : read_body(input);
}

ResponseReader::Status ResponseReader::read_head(std::string_view& input) {
    pending_.append(input);
    const std::size_t end = pending_.find("\r\n\r\n");
    if (end == std::string::npos) {
        input = {};
        return pending_.size() > kHeadMax ? Status::broken : Status::more;
    }
    const std::size_t before = pending_.size() - input.size();
    input.remove_prefix(end + 4 - before);
    const bool is_good = parse_head(std::string_view(pending_).substr(0, end + 2));
    pending_.clear();
    if (!is_good) return Status::broken;
    return stage_ == Stage::done ? Status::done : Status::head;
}

bool ResponseReader::parse_head(std::string_view head) {
    if (!head.starts_with("HTTP/1.1 ") || !to_number(head.substr(9), status_)) return false;
    bool is_chunked = false;
    std::uint64_t length = 0;
    for (std::size_t end; (end = head.find("\r\n")) != std::string_view::npos; head.remove_prefix(end + 2)) {
        const std::string_view line = head.substr(0, end);
        if (is_name(line, "content-length") && !to_number(value_of(line), length)) return false;
        if (is_name(line, "transfer-encoding")) is_chunked = true;
        if (is_name(line, "connection")) closes_ = value_of(line) == "close";
        if (is_name(line, "gatehouse-plugin-generation")) generation_ = value_of(line);
    }
    left_ = length;
    stage_ = is_chunked ? Stage::chunk_line : Stage::length;
    if (!is_chunked && length == 0) stage_ = Stage::done;
    return true;
}

ResponseReader::Status ResponseReader::read_body(std::string_view& input) {
    Status status = Status::more;
    while (stage_ != Stage::done) {
        if (stage_ == Stage::length || stage_ == Stage::chunk_data) {
            const std::size_t count = std::min<std::uint64_t>(left_, input.size());
            body_.append(input.substr(0, count));
            input.remove_prefix(count);
            left_ -= count;
            if (left_ > 0) return Status::more;
            stage_ = stage_ == Stage::length ? Stage::done : Stage::chunk_end;
        } else if (!read_chunk_line(input, status)) {
            return status;
        }
    }
    return Status::done;
}

// A chunk's size, the end of a chunk or a trailer line. False: `status` says why not.
bool ResponseReader::read_chunk_line(std::string_view& input, Status& status) {
    const std::size_t end = input.find('\n');
    pending_.append(input.substr(0, end == std::string_view::npos ? input.size() : end + 1));
    input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
    if (end == std::string_view::npos) {
        status = pending_.size() > kHeadMax ? Status::broken : Status::more;
        return false;
    }
    const std::string line = std::exchange(pending_, {});
    status = Status::broken;
    if (!line.ends_with("\r\n")) return false;
    if (stage_ == Stage::chunk_end) {
        if (line != "\r\n") return false;
        stage_ = Stage::chunk_line;
    } else if (stage_ == Stage::trailer) {
        if (line == "\r\n") stage_ = Stage::done;
    } else {
        if (!to_number(std::string_view(line), left_, 16)) return false;
        stage_ = left_ > 0 ? Stage::chunk_data : Stage::trailer;
    }
    return true;
}

}  // namespace soak
