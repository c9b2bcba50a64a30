#include "gateway/cli/program.hpp"

int main(int argc, char** argv) { return gatehouse::cli::run_program(argc, argv); }
