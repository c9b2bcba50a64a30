"""libabigail's second opinion: a library that uses every table, built from the released header and from a changed one. It has to
see what the layout check sees."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "fixtures"))
import check_layout  # noqa: E402
import grow_header  # noqa: E402
import headers  # noqa: E402

INCLUDE = Path(__file__).parents[3] / "sdk/include"
COMPILER = os.environ.get("C_COMPILER", "cc")

pytestmark = pytest.mark.skipif(shutil.which("abidiff") is None, reason="abigail-tools is not installed")


def build(directory, include):
    structs = [item[1] for item in headers.parse((include / "gatehouse/abi.h").read_text()) if item[0] == "struct"]
    uses = "\n".join(f"void use_{name}(struct {name}* value) {{ (void)value; }}" for name in structs)
    source = directory / "probe.c"
    source.write_text(f"#include <gatehouse/abi.h>\n{uses}\n")
    library = directory / "probe.so"
    subprocess.run([COMPILER, "-std=c11", "-g", "-O0", "-fPIC", "-shared", "-I", str(include), str(source), "-o", str(library)], check=True)
    return library


def changed(tmp_path, edit):
    include = tmp_path / "changed"
    shutil.copytree(INCLUDE, include)
    header = include / "gatehouse/abi.h"
    text = edit(header.read_text())
    assert text != header.read_text()
    header.write_text(text)
    return include


def opinions(tmp_path, include):
    """(abidiff's exit status, faults of the layout check)"""
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    done = subprocess.run(["abidiff", str(build(tmp_path / "old", INCLUDE)), str(build(tmp_path / "new", include))], capture_output=True, text=True)
    try:
        faults = check_layout.compare(check_layout.measure(COMPILER, str(INCLUDE)), check_layout.measure(COMPILER, str(include)))
    except subprocess.CalledProcessError:
        faults = ["the probe does not compile: padding"]
    return done.returncode, faults


def test_both_see_no_difference_in_the_same_header(tmp_path):
    assert opinions(tmp_path, INCLUDE) == (0, [])


def test_both_accept_or_only_note_members_at_the_end(tmp_path):
    status, faults = opinions(tmp_path, changed(tmp_path, grow_header.grow))
    assert faults == []
    assert status & ~4 == 0  # a change, to be reviewed, and not an incompatible one


# abidiff takes a new name for a member of the same type for harmless; the layout check does not.
@pytest.mark.parametrize("seen_by_both, edit", [
    (True, lambda text: text.replace("    uint32_t timeout_ms;    /* 0 = host default */\n", "")),
    (True, lambda text: text.replace("uint32_t size, abi_minor;\n    void* impl;", "uint32_t size, abi_minor;\n    uint64_t wedge;\n    void* impl;")),
    (False, lambda text: text.replace("    gh_str method, pattern;", "    gh_str pattern, method;")),
    (False, lambda text: text.replace("    uint64_t max_body;", "    uint64_t body_max;")),
    (True, lambda text: text.replace("    size_t len;\n} gh_str;", "    size_t len, capacity;\n} gh_str;")),
], ids=["removed", "grown in the middle", "reordered", "renamed", "frozen type grown"])
def test_sees_what_breaks_plugins(tmp_path, seen_by_both, edit):
    status, faults = opinions(tmp_path, changed(tmp_path, edit))
    assert faults != []
    assert status != 0 or not seen_by_both
