"""The comparison of the Rust bindings finds what it is for."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import rust_layout  # noqa: E402

RELEASED = ["macro GH_ABI_MAJOR 1", "struct gh_op 8", "member gh_op.id 0 8", "value GH_END 2", "struct gh_error 24",
            "member gh_error.size 0 4", "member gh_error.status 4 4", "member gh_error.code 8 16"]
RUST = ["struct gh_op 8", "member gh_op.id 0 8", "struct gh_error 24", "member gh_error.size 0 4", "member gh_error.status 4 4",
        "member gh_error.code 8 16", "value GH_ABI_MAJOR 1", "value GH_END 2"]


def test_accepts_the_same_and_a_missing_end():
    assert rust_layout.compare(RUST, RELEASED) == []
    shorter = [line for line in RUST if "gh_error.code" not in line and "struct gh_error" not in line] + ["struct gh_error 8"]
    assert rust_layout.compare(shorter, RELEASED) == []


@pytest.mark.parametrize("before, after", [
    ("member gh_error.status 4 4", "member gh_error.status 8 4"),
    ("member gh_error.code 8 16", "member gh_error.code 8 8"),
    ("member gh_error.status 4 4", None),
    ("member gh_op.id 0 8", "member gh_op.number 0 8"),
    ("value GH_END 2", "value GH_END 3"),
    ("struct gh_op 8", "struct gh_op 16"),
])
def test_finds_what_differs(before, after):
    changed = [after if line == before else line for line in RUST]
    assert rust_layout.compare([line for line in changed if line], RELEASED) != []
