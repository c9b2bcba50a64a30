#include "gateway/supervise/line_reader.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace gatehouse::supervise {

LineReader::State LineReader::read(int descriptor, const Take& take) {
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
        if (got > 0) {
            partial_.append(buffer.data(), static_cast<std::size_t>(got));
            cut(take);
            continue;
        }
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return State::open;
        if (!partial_.empty()) take(std::exchange(partial_, {}));
        return State::ended;
    }
}

void LineReader::cut(const Take& take) {
    std::size_t begin = 0;
    for (;;) {
        const std::size_t end = partial_.find('\n', begin);
        if (end == std::string::npos) break;
        take(std::string_view(partial_).substr(begin, end - begin));
        begin = end + 1;
    }
    partial_.erase(0, begin);
    if (partial_.size() >= line_bytes_max_) take(std::exchange(partial_, {}));
}

}  // namespace gatehouse::supervise
