#!/usr/bin/env python3
"""Compiles each ABI header alone, with every compiler given, as C11, C++11 and C++20: no warning, no implicit padding."""
import subprocess
import sys

import headers

LANGUAGES = [("c", "c11"), ("c++", "c++11"), ("c++", "c++20")]
FLAGS = ["-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def main():
    include_directory, *compilers = sys.argv[1:]
    failed = 0
    for compiler in compilers:
        for language, standard in LANGUAGES:
            for header in headers.HEADERS:
                padded = [] if language == "c++" and standard == "c++11" else ["-Wpadded"]
                command = [compiler, *FLAGS, *padded, "-x", language, f"-std={standard}", "-I", include_directory, "-"]
                run = subprocess.run(command, input=f"#include <gatehouse/{header}>\ntypedef int probe;\n", text=True)
                failed += run.returncode != 0
                if run.returncode != 0:
                    print(f"{header}: {compiler} -std={standard} refuses it", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
