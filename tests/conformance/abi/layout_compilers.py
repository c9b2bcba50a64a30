#!/usr/bin/env python3
"""layout_compilers.py INCLUDE_DIRECTORY GOLDEN COMPILER...: every fact of the golden layout holds with each compiler, as
C11, C++11 and C++20, for this processor and, where the compiler can, for aarch64. Nothing is linked or run: the facts are
static assertions, so a cross compiler needs no library."""
import subprocess
import sys
from pathlib import Path

import headers

LANGUAGES = [("c", "c11", "_Static_assert"), ("c++", "c++11", "static_assert"), ("c++", "c++20", "static_assert")]
AARCH64 = "--target=aarch64-linux-gnu"


def assertions(golden, keyword):
    lines = [f"#include <gatehouse/{header}>" for header in headers.HEADERS]
    for line in golden:
        kind, name, value = line.split(" ", 2)
        if kind == "struct":
            lines.append(f'{keyword}(sizeof({name}) == {value}, "{line}");')
        elif kind == "member":
            struct, member = name.split(".")
            offset, size = value.split()
            lines.append(f'{keyword}(offsetof({struct}, {member}) == {offset} && sizeof((({struct}*)0)->{member}) == {size}, "{line}");')
        elif kind == "value" or not value.startswith('"'):
            lines.append(f'{keyword}((long long)({name}) == (long long)({value}ULL), "{line}");' if not value.startswith("-")
                         else f'{keyword}((long long)({name}) == {value}LL, "{line}");')
    return "\n".join(lines) + "\ntypedef int gh_probe;\n"


def refuses(compiler, include_directory, golden, language, standard, keyword, target):
    command = [compiler, *target, "-ffreestanding", "-fsyntax-only", "-x", language, f"-std={standard}", "-I", include_directory, "-"]
    done = subprocess.run(command, input=assertions(golden, keyword), text=True, capture_output=True)
    return done.stderr if done.returncode != 0 else ""


def can_target(compiler, target):
    probe = "#include <stddef.h>\n#include <stdint.h>\ntypedef int gh_probe;\n"
    done = subprocess.run([compiler, *target, "-ffreestanding", "-fsyntax-only", "-x", "c", "-"], input=probe, text=True, capture_output=True)
    return done.returncode == 0


def main():
    include_directory, golden_file, *compilers = sys.argv[1:]
    golden = Path(golden_file).read_text().splitlines()
    checked = []
    for compiler in compilers:
        for target in ([], [AARCH64]):
            if target and not can_target(compiler, target):
                continue
            for language, standard, keyword in LANGUAGES:
                fault = refuses(compiler, include_directory, golden, language, standard, keyword, target)
                if fault:
                    print(fault, file=sys.stderr)
                    return 1
                checked.append(f"{compiler} {' '.join(target)} {standard}")
    print("\n".join(checked))
    return 0 if checked else 1


if __name__ == "__main__":
    sys.exit(main())
