#include "gateway/abi_test/findings.hpp"

#include <unistd.h>

#include <algorithm>

namespace gatehouse::abi_test {

namespace {
constexpr std::size_t kFindingsMax = 20;
constexpr std::size_t kTextMax = 400;  // a line is written in one piece: far below PIPE_BUF
}  // namespace

void Findings::write(char kind, std::string text) {
    text.resize(std::min(text.size(), kTextMax));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    const std::string line = std::string(1, kind) + text + '\n';
    [[maybe_unused]] const ssize_t written = ::write(descriptor_, line.data(), line.size());
}

void Findings::add(std::string_view rule, const std::string& text) {
    if (rule != watched_) return;
    const std::scoped_lock lock(mutex_);
    if (seen_.size() < kFindingsMax && seen_.insert(text).second) write('F', text);
}

void Findings::skip(const std::string& why) { write('S', why); }

void Findings::give_up(std::string_view rule, const std::string& text) {
    const std::scoped_lock lock(mutex_);
    if (rule == watched_) {
        write('F', text);
        ::_exit(1);
    }
    // Nothing more can be told of the rule that is looked at; the other one says so in its own line.
    write('S', "cannot be told: " + text + " (rule " + std::string(rule) + ")");
    write('D', "");
    ::_exit(seen_.empty() ? 0 : 1);
}

bool Findings::is_empty() const {
    const std::scoped_lock lock(mutex_);
    return seen_.empty();
}

}  // namespace gatehouse::abi_test
