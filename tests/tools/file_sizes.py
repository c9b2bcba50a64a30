#!/usr/bin/env python3
"""Reports how long source files are and fails on one over the limit. Usage: file_sizes.py [ROOT]

A file may be listed below with the reason why splitting it would make it harder to read.
"""

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import sources  # noqa: E402

LINES_MAX = 400
SUFFIXES = sources.CPP_SUFFIXES + (".py", ".sh")
LONGER_FOR_A_REASON = {}  # path: reason


def line_counts(root):
    return {
        path.as_posix(): len((Path(root) / path).read_text(encoding="utf-8", errors="replace").splitlines())
        for path in sources.files(root, SUFFIXES)
    }


def problems(root):
    counts = line_counts(root)
    found = [
        f"{path}: {count} lines, the limit is {LINES_MAX}"
        for path, count in sorted(counts.items())
        if count > LINES_MAX and path not in LONGER_FOR_A_REASON
    ]
    for path in LONGER_FOR_A_REASON:
        if counts.get(path, LINES_MAX + 1) <= LINES_MAX:
            found.append(f"{path}: short enough now, remove it from the list in file_sizes.py")
    return found


def print_report(root):
    counts = line_counts(root)
    if not counts:
        return
    ordered = sorted(counts.values())
    print(f"{len(ordered)} files, {sum(ordered)} lines; median {statistics.median(ordered):.0f}, "
          f"90th percentile {ordered[int(len(ordered) * 0.9)]}, longest {ordered[-1]}")
    for path, count in sorted(counts.items(), key=lambda item: -item[1])[:10]:
        print(f"{count:6} {path}")


if __name__ == "__main__":
    tree = sys.argv[1] if len(sys.argv) > 1 else "."
    print_report(tree)
    sys.exit(sources.report(problems(tree), "file_sizes"))
