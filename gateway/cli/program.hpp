#pragma once

namespace gatehouse::cli {

// What scripts may rely on.
enum ExitStatus : int {
    kDone = 0,
    kFailed = 1,   // understood, tried, did not work
    kRefused = 2,  // bad usage or a configuration with errors; nothing was tried
};

// The whole command line program. Data goes to stdout, talk to stderr.
int run_program(int argc, char** argv);

}  // namespace gatehouse::cli
