"""The layout check must fail on everything that breaks a released plugin, and on nothing else."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import check_layout  # noqa: E402
import headers  # noqa: E402

RELEASED = [
    "macro GH_ABI_MAJOR 1",
    "macro GH_ABI_MINOR 0",
    "struct gh_str 16",
    "member gh_str.ptr 0 8",
    "member gh_str.len 8 8",
    "value GH_OK 0",
    "value GH_END 2",
    "struct gh_route 16",
    "member gh_route.size 0 4",
    "member gh_route.flags 4 4",
    "member gh_route.self 8 8",
]


def edited(*edits):
    lines = list(RELEASED)
    for old, new in edits:
        at = lines.index(old)
        lines[at:at + 1] = new
    return lines


@pytest.mark.parametrize("current", [
    RELEASED,
    RELEASED + ["struct gh_new 8", "member gh_new.size 0 4", "member gh_new.reserved 4 4", "value GH_NEW 3"],
    edited(("struct gh_route 16", ["struct gh_route 24"]),
           ("member gh_route.self 8 8", ["member gh_route.self 8 8", "member gh_route.more 16 8"])),
    edited(("macro GH_ABI_MINOR 0", ["macro GH_ABI_MINOR 1"])),
    edited(("value GH_END 2", ["value GH_END 2", "value GH_MORE 3"])),
])
def test_accepts_what_only_grows(current):
    assert check_layout.compare(RELEASED, current) == []


@pytest.mark.parametrize("name, current", [
    ("removed member", edited(("member gh_route.flags 4 4", []))),
    ("removed value", edited(("value GH_END 2", []))),
    ("removed macro", edited(("macro GH_ABI_MAJOR 1", []))),
    ("removed struct", edited(("struct gh_str 16", []))),
    ("changed value", edited(("value GH_END 2", ["value GH_END 3"]))),
    ("changed offset", edited(("member gh_route.flags 4 4", ["member gh_route.flags 8 4"]))),
    ("changed size", edited(("member gh_route.flags 4 4", ["member gh_route.flags 4 2"]))),
    ("shrunk table", edited(("struct gh_route 16", ["struct gh_route 8"]))),
    ("grown frozen type", edited(("struct gh_str 16", ["struct gh_str 24"]))),
    ("member added to a frozen type", edited(("member gh_str.len 8 8", ["member gh_str.len 8 8", "member gh_str.x 16 8"]))),
    ("member added in the middle", edited(("member gh_route.flags 4 4",
                                           ["member gh_route.flags 4 4", "member gh_route.x 6 2"]))),
    ("renamed member", edited(("member gh_route.flags 4 4", ["member gh_route.bits 4 4"]))),
    ("renamed value", edited(("value GH_END 2", ["value GH_DONE 2"]))),
    ("swapped members", RELEASED[:-2] + RELEASED[:-3:-1]),
    ("older minor", edited(("macro GH_ABI_MINOR 0", ["macro GH_ABI_MINOR -1"]))),
    ("major changed", edited(("macro GH_ABI_MAJOR 1", ["macro GH_ABI_MAJOR 2"]))),
])
def test_refuses(name, current):
    assert check_layout.compare(RELEASED, current) != [], name


def test_parses_the_ways_the_headers_declare_things():
    text = """
    /* struct gh_comment { int no; }; */
    #define GH_EXT_X "gh.x/1"
    #define GH_HAS(t, m) 1
    enum { GH_A = 1, /* one */ GH_B = -2 };
    typedef struct gh_x {
        uint32_t size, flags;
        const char* const* needs;
        gh_status (*create)(const gh_host*, gh_str config, void** self);
    } gh_x;
    """
    assert list(headers.parse(text)) == [
        ("macro", "GH_EXT_X"), ("enum", "GH_A"), ("enum", "GH_B"),
        ("struct", "gh_x", ["size", "flags", "needs", "create"])]


def test_reads_every_header_there_is():
    include = Path(__file__).parents[3] / "sdk/include/gatehouse"
    present = sorted(["abi.h"] + [f"ext/{path.name}" for path in (include / "ext").glob("*.h")])
    assert sorted(headers.HEADERS) == present
