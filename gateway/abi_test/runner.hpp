#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/abi_test/bench.hpp"
#include "gateway/abi_test/rules.hpp"

namespace gatehouse::abi_test {

struct Verdict {
    enum class Kind : std::uint8_t { ok, failed, skipped } kind = Kind::ok;
    std::string rule;
    std::vector<std::string> reasons;
};

// Runs one rule in a child process of its own: what the plugin does to a process happens to that one, and no rule
// suffers from another.
Verdict run_in_child(const Rule& rule, const Bench::Options& options);

// In the child. Returns the exit status.
int run_here(const Rule& rule, const Bench::Options& options, int descriptor);

}  // namespace gatehouse::abi_test
