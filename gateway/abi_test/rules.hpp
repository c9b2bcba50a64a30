#pragma once

#include <span>

#include "gateway/abi_test/bench.hpp"

namespace gatehouse::abi_test {

struct Rule {
    const char* name;
    const char* summary;
    void (*check)(Bench&);
};

// All of them, in the order of a plugin's life.
std::span<const Rule> rules();

// rules_load.cpp
void check_table(Bench&);
void check_create(Bench&);
void check_registration(Bench&);
void check_refused_registration(Bench&);
void check_hooks(Bench&);
void check_extensions(Bench&);
void check_no_extensions(Bench&);
void check_table_sizes(Bench&);
void check_grown_tables(Bench&);
// rules_traffic.cpp
void check_answers(Bench&);
void check_hostile_input(Bench&);
void check_traffic(Bench&);  // those that any traffic shows
void check_cancel_await(Bench&);
void check_client_gone(Bench&);
void check_refused_calls(Bench&);
void check_operations(Bench&);
void check_views(Bench&);
void check_bodies(Bench&);
void check_bytes(Bench&);
// rules_end.cpp
void check_drain(Bench&);
void check_leftovers(Bench&);
void check_process(Bench&);
void check_repeat(Bench&);
void check_generations(Bench&);
void check_unload(Bench&);

}  // namespace gatehouse::abi_test
