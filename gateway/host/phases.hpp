#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/time.hpp"

namespace gatehouse::host {

// How long each step of a load or reload took. After a failure the last one is where it stopped.
class Phases final {
public:
    // name: static
    void begin(std::string_view name) {
        end();
        all_.emplace_back(name, Duration::zero());
        since_ = Clock::now();
        is_open_ = true;
    }
    void end() {
        if (is_open_) all_.back().second = Clock::now() - since_;
        is_open_ = false;
    }
    std::string_view last() const { return all_.empty() ? std::string_view() : all_.back().first; }
    const std::vector<std::pair<std::string_view, Duration>>& all() const { return all_; }

private:
    std::vector<std::pair<std::string_view, Duration>> all_;
    TimePoint since_{};
    bool is_open_ = false;
};

}  // namespace gatehouse::host
