"""Every C++ block of sdk/README.md compiles against the installed headers, and every link leads somewhere."""

import re

from conftest import REPOSITORY

README = REPOSITORY / "sdk" / "README.md"
BLOCK = re.compile(r"^```cpp\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)\)")

# What the page takes for granted: its includes, and the names of the generated and the first block.
PRELUDE = """#include <gatehouse/events.hpp>
#include <gatehouse/http.hpp>
#include <gatehouse/job.hpp>
#include <gatehouse/kv.hpp>
#include <gatehouse/service.hpp>
#include <gatehouse/sse.hpp>
#include <gatehouse/storage.hpp>
#include <gatehouse/storage_support.hpp>
#include <gatehouse/task.hpp>
#include <gatehouse/testing.hpp>
#include <gtest/gtest.h>
using namespace std::chrono_literals;
std::span<const gatehouse::Migration> migrations();
"""
CHECK = """
template <class Service> const gh_plugin* use() { return gatehouse::plugin_table<Service>("x", "1.0.0"); }
template const gh_plugin* use<block_1::Notes>();
template const gh_plugin* use<block_2::Reminders>();
template const gh_plugin* use<block_3::Ticker>();
"""


def test_the_blocks_compile(package, tmp_path):
    blocks = BLOCK.findall(README.read_text(encoding="utf-8"))
    assert len(blocks) == 5
    whole, *parts = blocks
    source = tmp_path / "readme.cpp"
    text = PRELUDE + whole
    for number, part in enumerate(parts, 1):
        text += f"namespace block_{number} {{\nusing namespace gatehouse;\n{part}}}\n"
    source.write_text(text + CHECK, encoding="utf-8")
    package.run("c++", "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", *package.pkg_config("--cflags", "gatehouse-service"), source,
                folder=tmp_path)


def test_the_links_lead_somewhere(package):
    prose = re.sub(r"^```.*?^```$", "", README.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    links = LINK.findall(prose)
    assert len(links) > 5
    installed = package.prefix / "share" / "doc" / "gatehouse" / "sdk"
    assert [link for link in links if not (README.parent / link).exists()] == []
    assert [link for link in links if not (installed / link).exists()] == []
