#!/usr/bin/env python3
"""Checks that dependencies point one way, that nothing goes in circles, and that headers are guarded.

The order of the gateway's folders is the table below; a folder may include itself and those before it. `host` sees
less than its place allows: it must stay usable by a plugin host without HTTP. Usage: check_includes.py [ROOT]
"""

import os
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import sources  # noqa: E402

GATEWAY_ORDER = ["base", "http", "config", "routing", "observe", "supervise", "host", "upstream", "extensions", "events", "pipeline", "net", "peer", "admin", "cli", "abi_test"]
GATEWAY_NARROWER = {"host": {"base", "observe"}, "abi_test": {"base", "host"}}
SDK_MAY_INCLUDE = {
    "abi": {"abi"},
    "storage": {"abi", "storage", "service"},
    "service": {"abi", "service", "storage"},
    "events": {"abi", "storage", "service", "events"},
    "seed": {"abi", "storage", "service", "seed"},
    "testing": {"abi", "storage", "service", "testing"},
}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def includes_of(text):
    """(offset, name) of each include; comments are blanked first so that only live ones count."""
    code = re.sub(r"//[^\n]*|/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group(0)), text, flags=re.DOTALL)
    return [(m.start(), m.group(2)) for m in INCLUDE.finditer(code)]


def resolve(root, includer, name):
    """The project file that an include names, or None for a system or library header."""
    for candidate in (includer.parent / name, Path(name), Path("sdk/include") / name):
        if (root / candidate).is_file():
            return Path(os.path.normpath(candidate))
    return None


def sdk_part(path):
    """Which part of the SDK a file belongs to; public headers are filed by their name."""
    parts = path.parts
    if parts[1] == "include":
        rest = parts[3:]
        if rest[0] in ("abi.h", "ext"):
            return "abi"
        for part in ("storage", "testing", "events"):
            if rest[0].split(".")[0] == part:
                return part
        return "service"
    return parts[1]


def unit_of(path):
    """The folder that a file counts as: gateway/http, sdk/storage, plugins/auth, gateway (composition root), tests."""
    top = path.parts[0]
    if top == "sdk":
        return f"sdk/{sdk_part(path)}"
    if top in ("gateway", "plugins") and len(path.parts) > 2:
        return f"{top}/{path.parts[1]}"
    return top


def refusal(includer, included):
    """Why `includer` must not include `included`, or None. Both are paths relative to the root."""
    source, target = unit_of(includer), unit_of(included)
    if source == target or source == "tests" or source in ("sdk/examples", "sdk/template"):
        return None if target != "tests" or source == "tests" else "product code must not include tests"
    if target == "tests":
        return "product code must not include tests"
    if source.startswith("sdk/"):
        if not target.startswith("sdk/"):
            return "the SDK stands alone: it must not include the gateway or a plugin"
        if target.split("/")[1] not in SDK_MAY_INCLUDE.get(source.split("/")[1], set()):
            return f"{source} must not include {target}"
        return None
    if source.startswith("plugins/"):
        return None if target.startswith("sdk/") else "a plugin includes the SDK and itself only"
    if target.startswith("plugins"):
        return "the gateway must not include a plugin"
    if target.startswith("sdk/"):
        return None if target == "sdk/abi" else "the gateway includes the C ABI only (gatehouse/abi.h, gatehouse/ext/)"
    if source == "gateway":
        return composition_root_refusal(includer, target)
    below = source.split("/")[1]
    above = target.split("/")[1] if "/" in target else None
    if above is None:
        return None if below == "cli" else "only the commands may include the composition root, gateway/*.hpp"
    if below not in GATEWAY_ORDER or above not in GATEWAY_ORDER:
        return f"unknown folder: add {below} or {above} to the order in check_includes.py"
    allowed = GATEWAY_NARROWER.get(below, set(GATEWAY_ORDER[: GATEWAY_ORDER.index(below)]))
    return None if above in allowed else f"gateway/{below} must not include gateway/{above}"


def composition_root_refusal(includer, target):
    """gateway/app.* builds everything but the commands, which use it; gateway/main.cpp starts the commands."""
    if target == "gateway/cli" and includer.stem != "main":
        return "the composition root must not include the commands"
    return None


def guarded(text):
    head = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL).lstrip()
    return head.startswith("#pragma once") or re.match(r"#\s*ifndef\s+(\w+)\s*\n\s*#\s*define\s+\1\b", head) is not None


def cycle_in(graph):
    """One cycle of a graph {node: nodes} as a list of nodes, or None."""
    state, stack = {}, []

    def visit(node):
        state[node] = "open"
        stack.append(node)
        for follower in sorted(graph.get(node, ())):
            if state.get(follower) == "open":
                return stack[stack.index(follower):] + [follower]
            if follower not in state:
                found = visit(follower)
                if found:
                    return found
        stack.pop()
        state[node] = "done"
        return None

    for start in sorted(graph):
        if start not in state:
            found = visit(start)
            if found:
                return found
    return None


def problems(root):
    root = Path(root)
    found, file_graph, last_includes = [], {}, {}
    for path in sources.cpp_files(root):
        text = (root / path).read_text(encoding="utf-8", errors="replace")
        if path.suffix in (".h", ".hpp") and not guarded(text):
            found.append(f"{path}:1: no #pragma once or include guard")
        names = includes_of(text)
        for offset, name in names:
            target = resolve(root, path, name)
            if target is None:
                continue
            file_graph.setdefault(path, set()).add(target)
            last_includes[path] = target
            why = refusal(path, target)
            if why:
                found.append(f'{path}:{sources.line_of(text, offset)}: includes "{name}": {why}')
        found += own_header_first(root, path, text, names)
    drop_second_halves(file_graph, last_includes)
    cycle = cycle_in(file_graph)
    if cycle:
        found.append("include cycle: " + " -> ".join(str(node) for node in cycle))
    return found


def drop_second_halves(graph, last_includes):
    """A detail/ header that is the last include of a header is its second half and may include the first: no cycle."""
    for first, second in last_includes.items():
        if "detail" in second.parts:
            graph.get(second, set()).discard(first)


def own_header_first(root, path, text, names):
    """A source file with a header of the same name beside it includes that first: so the header is shown to stand alone."""
    own = [path.with_suffix(suffix) for suffix in (".hpp", ".h") if (root / path.with_suffix(suffix)).is_file()]
    if path.suffix not in (".c", ".cpp") or not own or not names:
        return []
    offset, first = names[0]
    if resolve(root, path, first) in own:
        return []
    return [f"{path}:{sources.line_of(text, offset)}: the first include must be its own header {own[0].name}"]


if __name__ == "__main__":
    sys.setrecursionlimit(10000)
    sys.exit(sources.report(problems(sys.argv[1] if len(sys.argv) > 1 else "."), "check_includes"))
