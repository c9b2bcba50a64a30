#!/usr/bin/env python3
"""Finds temporaries that g++ 12 destroys twice: closures and braced values inside a co_await expression.

    co_await f([p] { ... });      // name the lambda first
    co_await f({a, b});           // name the value first

Types whose braces call a constructor are safe and listed below; any other is reported. A line may end in
`// co_await-ok: reason`. Usage: check_coroutines.py [ROOT]
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import sources  # noqa: E402

# Scalars and classes with constructors: never aggregates.
SAFE_TYPES = re.compile(
    r"(?:\b(?:std::)?(?:chrono::)?(?:milliseconds|microseconds|seconds|minutes|hours)"
    r"|\bstd::(?:string|string_view|span|size_t|uint\d+_t)|\b(?:int|bool|char|unsigned|size_t))$"
)
LAMBDA = re.compile(r"\[[^\[\]]*\]\s*(?:\(|\{|<|mutable\b|->)")
CLOSERS = {"(": ")", "[": "]", "{": "}"}


def awaited(code, start):
    """The operand's text: up to the `;`, `,` or unmatched bracket that ends it."""
    depth = []
    for offset in range(start, len(code)):
        character = code[offset]
        if character in CLOSERS:
            if character == "{" and not depth and not operand_goes_on(code, start, offset):
                return code[start:offset]
            depth.append(CLOSERS[character])
        elif character in ")]}":
            if not depth:
                return code[start:offset]
            depth.pop()
        elif character in ";," and not depth:
            return code[start:offset]
    return code[start:]


def operand_goes_on(code, start, offset):
    """Whether a brace at the outermost level builds a value (`co_await Type{...}`) rather than opens a block."""
    before = code[start:offset].rstrip()
    return bool(re.search(r"[\w>]$", before)) and not before.endswith((" else", " do"))


def temporaries(expression):
    """Offsets, in the expression, of what g++ 12 would destroy twice."""
    found = [match.start() for match in LAMBDA.finditer(expression) if not is_subscript(expression, match.start())]
    inside = [(m.start(), m.group(0)) for m in re.finditer(r"\{", expression)]
    for offset, _ in inside:
        before = expression[:offset].rstrip()
        if before.endswith((")", "]", "mutable", "noexcept")) or SAFE_TYPES.search(before):
            continue  # a lambda's body (reported by its introducer) or a safe type
        if any(lambda_offset < offset for lambda_offset in found):
            continue  # inside a lambda that is reported already
        found.append(offset)
    return found


def is_subscript(expression, offset):
    return bool(re.search(r"[\w)\]]$", expression[:offset].rstrip()))


def problems(root):
    found = []
    for path in sources.cpp_files(root):
        text = (Path(root) / path).read_text(encoding="utf-8", errors="replace")
        if "co_await" not in text:
            continue
        code, lines = sources.code_only(text), text.splitlines()
        for match in re.finditer(r"\bco_await\b", code):
            expression = awaited(code, match.end())
            for offset in temporaries(expression):
                line = sources.line_of(code, match.end() + offset)
                if "co_await-ok:" not in lines[line - 1]:
                    found.append(f"{path}:{line}: closure or braced temporary inside co_await; name it first")
    return sorted(set(found))


if __name__ == "__main__":
    sys.exit(sources.report(problems(sys.argv[1] if len(sys.argv) > 1 else "."), "check_coroutines"))
