#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace gatehouse::abi_test {

// What a plugin has to leave in the process: threads, descriptors, children, thread-local keys.
struct Possessions {
    std::set<int> threads;
    std::map<int, std::string> descriptors;
    std::set<int> children;
    std::size_t keys = 0;  // of pthread_key_create()

    static Possessions now();
    // What there is more of than before; empty = nothing.
    std::string more_than(const Possessions& before) const;
};

// What a plugin must never change (R7): locale, working directory, umask, environment, signal handlers.
struct ProcessState {
    std::string locale, directory, umask;
    std::vector<std::string> environment;
    std::vector<const void*> handlers;  // by signal

    static ProcessState now();
    std::string difference(const ProcessState& before) const;
};

// The calling thread's signal mask and floating-point mode, as one comparable text.
std::string thread_state();

// How much the process holds; each is to stay level over thousands of rounds.
struct Consumption {
    std::size_t heap_bytes = 0, resident_bytes = 0, mappings = 0, descriptors = 0, threads = 0;
    static Consumption now();
};

}  // namespace gatehouse::abi_test
