#!/usr/bin/env python3
"""Compares the layout of the ABI headers with the released one (v1.layout). Fails unless every released fact still holds,
in the released order; what is new may only be a new name, or a member at the end of a growable struct (one that begins
with `size`). After a deliberate addition: check_layout.py ... --write.
"""
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import headers


def measure(compiler, include_directory):
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory) / "probe.c"
        source.write_text(headers.probe_source(include_directory))
        program = Path(directory) / "probe"
        subprocess.run([compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-pointer-to-int-cast", "-I", include_directory,
                        str(source), "-o", str(program)], check=True)
        return subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout.splitlines()


def split(line):
    kind, name, value = line.split(" ", 2)
    return kind, name, value


def compare(released, current):
    """A list of faults; empty = compatible."""
    faults = []
    now = {split(line)[:2]: split(line)[2] for line in current}
    old = {split(line)[:2]: split(line)[2] for line in released}
    growable = {name.split(".")[0] for kind, name in old if kind == "member" and name.endswith(".size")}
    for line in released:
        kind, name, value = split(line)
        new_value = now.get((kind, name))
        if new_value is None:
            faults.append(f"removed: {line}")
        elif new_value != value:
            may_grow = (kind == "struct" and name in growable) or name == "GH_ABI_MINOR"
            if not (may_grow and int(new_value) > int(value)):
                faults.append(f"changed: {line} -> {new_value}")
    kept = [split(line)[:2] for line in current if split(line)[:2] in old]
    order = [split(line)[:2] for line in released if split(line)[:2] in now]
    if kept != order:
        faults.append("reordered: the released names are not in their released order")
    for line in current:
        kind, name, value = split(line)
        if kind != "member" or (kind, name) in old:
            continue
        struct = name.split(".")[0]
        if ("struct", struct) not in old:
            continue
        if struct not in growable:
            faults.append(f"added to a frozen type: {line}")
        elif int(value.split()[0]) < int(old[("struct", struct)]):
            faults.append(f"not at the end: {line}")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("include_directory")
    parser.add_argument("golden")
    parser.add_argument("--compiler", default="cc")
    parser.add_argument("--write", action="store_true", help="replace the golden file, if compatible")
    arguments = parser.parse_args()
    current = measure(arguments.compiler, arguments.include_directory)
    golden = Path(arguments.golden)
    released = golden.read_text().splitlines() if golden.exists() else []
    faults = compare(released, current)
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        return 1
    if arguments.write:
        golden.write_text("\n".join(current) + "\n")
    elif released != current:
        print("the ABI has grown; record it with --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
