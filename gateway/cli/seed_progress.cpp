#include "gateway/cli/seed_progress.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>

#include "gateway/cli/terminal.hpp"

namespace gatehouse::cli {

namespace {

using std::chrono::duration;

constexpr int kBarWidth = 24;
constexpr std::chrono::milliseconds kOnTerminal{200}, kElsewhere{10'000};

double seconds(SeedProgress::Clock::duration time) { return std::max(duration<double>(time).count(), 1e-3); }

std::string bar(double share) {
    const int full = static_cast<int>(share * kBarWidth);
    return "[" + std::string(static_cast<std::size_t>(full), '#') +
           std::string(static_cast<std::size_t>(kBarWidth - full), '.') + "]";
}

std::string rate_text(std::int64_t done, double seconds) {
    return with_commas(static_cast<std::int64_t>(static_cast<double>(done) / seconds)) + "/s";
}

}  // namespace

std::string with_commas(std::int64_t number) {
    std::string text = std::to_string(number);
    for (std::ptrdiff_t at = std::ssize(text) - 3; at > 0; at -= 3) text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

std::string minutes_and_seconds(double time) {
    const auto whole = static_cast<std::int64_t>(std::ceil(time));
    const std::string rest = std::to_string(whole % 60);
    return std::to_string(whole / 60) + ":" + (rest.size() < 2 ? "0" : "") + rest;
}

SeedProgress::~SeedProgress() { clear(); }

SeedProgress::Part& SeedProgress::begin(std::string name, std::int64_t count) {
    const std::scoped_lock lock(mutex_);
    Part& part = parts_.emplace_back();
    part.name = std::move(name);
    part.count = count;
    part.begun = Clock::now();
    return part;
}

void SeedProgress::advance(Part& part, std::int64_t count) {
    const auto now = Clock::now();
    const std::scoped_lock lock(mutex_);
    part.done += count;
    if (shown_ == Clock::time_point{}) shown_ = now;
    if (now - shown_ >= (is_terminal_ ? kOnTerminal : kElsewhere)) show(now);
}

void SeedProgress::end(Part& part) {
    const double time = seconds(Clock::now() - part.begun);
    const std::scoped_lock lock(mutex_);
    part.is_over = true;
    clear();
    std::string line = part.name;
    if (part.count > 1)
        line +=
            ": " + with_commas(part.count) + " in " + minutes_and_seconds(time) + ", " + rate_text(part.count, time);
    tell(line);
}

// Of the part that will take longest.
void SeedProgress::show(Clock::time_point now) {
    shown_ = now;
    const Part* last = nullptr;
    double most = -1;
    for (const Part& part : parts_) {
        if (part.is_over || part.done == 0) continue;
        const double left =
            seconds(now - part.begun) / static_cast<double>(part.done) * static_cast<double>(part.count - part.done);
        if (left <= most) continue;
        most = left;
        last = &part;
    }
    if (last == nullptr) return;
    const double share = static_cast<double>(last->done) / static_cast<double>(last->count);
    const std::string line = last->name + " " + bar(share) + " " + with_commas(last->done) + " of " +
                             with_commas(last->count) + ", " + rate_text(last->done, seconds(now - last->begun)) +
                             ", " + minutes_and_seconds(most) + " left";
    if (!is_terminal_) return tell(line);
    std::cerr << "\r\033[K" << line << std::flush;
    is_line_open_ = true;
}

void SeedProgress::clear() {
    if (is_line_open_) std::cerr << "\r\033[K" << std::flush;
    is_line_open_ = false;
}

}  // namespace gatehouse::cli
