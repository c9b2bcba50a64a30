"""Shows that each check can fail: a small tree with the fault is refused, the same tree without it passes."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import check_coroutines  # noqa: E402
import check_includes  # noqa: E402
import file_sizes  # noqa: E402

HEADER = "#pragma once\n"


def write_tree(root, tree):
    for name, text in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def include(name):
    return f'#include "{name}"\n'


REFUSED_INCLUDES = {
    "a folder includes one above it": {
        "gateway/http/parser.hpp": HEADER + include("gateway/net/session.hpp"), "gateway/net/session.hpp": HEADER},
    "config includes host": {
        "gateway/config/load.cpp": include("gateway/host/host.hpp"), "gateway/host/host.hpp": HEADER},
    "host includes http": {
        "gateway/host/host.cpp": include("gateway/http/limits.hpp"), "gateway/http/limits.hpp": HEADER},
    "the gateway includes the C++ SDK": {
        "gateway/host/host.cpp": "#include <gatehouse/service.hpp>\n", "sdk/include/gatehouse/service.hpp": HEADER},
    "the gateway includes a plugin": {
        "gateway/cli/run.cpp": include("plugins/auth/plugin.hpp"), "plugins/auth/plugin.hpp": HEADER},
    "a folder below the commands includes the composition root": {
        "gateway/net/session.cpp": include("gateway/app.hpp"), "gateway/app.hpp": HEADER},
    "the composition root includes the commands": {
        "gateway/app.cpp": include("gateway/cli/run.hpp"), "gateway/cli/run.hpp": HEADER},
    "a folder nobody knows": {
        "gateway/misc/x.cpp": include("gateway/base/y.hpp"), "gateway/base/y.hpp": HEADER},
    "the SDK includes the gateway": {
        "sdk/service/x.cpp": include("gateway/base/ascii.hpp"), "gateway/base/ascii.hpp": HEADER},
    "the ABI includes the wrapper": {
        "sdk/include/gatehouse/abi.h": HEADER + "#include <gatehouse/service.hpp>\n",
        "sdk/include/gatehouse/service.hpp": HEADER},
    "a plugin includes the gateway": {
        "plugins/auth/plugin.cpp": include("gateway/base/ascii.hpp"), "gateway/base/ascii.hpp": HEADER},
    "a plugin includes another plugin by a relative path": {
        "plugins/auth/plugin.cpp": include("../posts/post.hpp"), "plugins/posts/post.hpp": HEADER},
    "product code includes tests": {
        "gateway/base/x.cpp": include("tests/unit/fake.hpp"), "tests/unit/fake.hpp": HEADER},
    "two headers include each other": {
        "gateway/base/a.hpp": HEADER + include("gateway/base/b.hpp"),
        "gateway/base/b.hpp": HEADER + include("gateway/base/a.hpp")},
    "a header without a guard": {"gateway/base/a.hpp": "int f();\n"},
    "own header not first": {
        "gateway/base/a.cpp": "#include <vector>\n" + include("gateway/base/a.hpp"), "gateway/base/a.hpp": HEADER},
}


@pytest.mark.parametrize("tree", REFUSED_INCLUDES.values(), ids=REFUSED_INCLUDES.keys())
def test_check_includes_refuses(tmp_path, tree):
    assert len(check_includes.problems(write_tree(tmp_path, tree))) >= 1


def test_check_includes_accepts_a_tree_in_order(tmp_path):
    tree = {
        "gateway/base/ascii.hpp": "// A comment first.\n#pragma once\n#include <string>\n",
        "gateway/http/parser.hpp": HEADER + include("gateway/base/ascii.hpp"),
        "gateway/http/parser.cpp": include("gateway/http/parser.hpp") + "// #include \"gateway/cli/run.hpp\"\n",
        "gateway/cli/run.hpp": HEADER,
        "gateway/host/host.cpp": "#include <gatehouse/abi.h>\n" + include("gateway/base/ascii.hpp"),
        "gateway/app.hpp": HEADER + include("gateway/http/parser.hpp"),
        "gateway/cli/run.cpp": include("gateway/cli/run.hpp") + include("gateway/app.hpp"),
        "gateway/main.cpp": include("gateway/cli/run.hpp"),
        "sdk/include/gatehouse/abi.h": "/* C */\n#ifndef GATEHOUSE_ABI_H\n#define GATEHOUSE_ABI_H\n#endif\n",
        "sdk/include/gatehouse/service.hpp": HEADER + "#include <gatehouse/abi.h>\n",
        "plugins/auth/token.hpp": HEADER,
        "plugins/auth/plugin.cpp": include("token.hpp") + "#include <gatehouse/service.hpp>\n",
        "tests/unit/x_test.cpp": include("gateway/cli/run.hpp") + include("plugins/auth/token.hpp"),
    }
    assert check_includes.problems(write_tree(tmp_path, tree)) == []


def test_check_includes_accepts_the_second_half_of_a_header(tmp_path):
    tree = {
        "sdk/include/gatehouse/a.hpp": HEADER + "#include <string>\nint f();\n#include <gatehouse/detail/a_rest.hpp>\n",
        "sdk/include/gatehouse/detail/a_rest.hpp": HEADER + "#include <gatehouse/a.hpp>\n",
    }
    assert check_includes.problems(write_tree(tmp_path, tree)) == []


def test_check_includes_refuses_a_detail_header_that_goes_in_circles(tmp_path):
    tree = {
        "sdk/include/gatehouse/a.hpp": HEADER + "#include <gatehouse/detail/b.hpp>\n#include <gatehouse/c.hpp>\n",
        "sdk/include/gatehouse/detail/b.hpp": HEADER + "#include <gatehouse/a.hpp>\n",
        "sdk/include/gatehouse/c.hpp": HEADER,
    }
    assert len(check_includes.problems(write_tree(tmp_path, tree))) == 1


def test_file_sizes_refuses_a_long_file(tmp_path):
    write_tree(tmp_path, {"gateway/base/long.cpp": "int x;\n" * (file_sizes.LINES_MAX + 1)})
    assert len(file_sizes.problems(tmp_path)) == 1


def test_file_sizes_accepts_a_file_at_the_limit(tmp_path):
    write_tree(tmp_path, {"gateway/base/long.cpp": "int x;\n" * file_sizes.LINES_MAX})
    assert file_sizes.problems(tmp_path) == []


def test_file_sizes_refuses_an_exception_that_is_no_longer_needed(tmp_path, monkeypatch):
    monkeypatch.setattr(file_sizes, "LONGER_FOR_A_REASON", {"gateway/base/a.cpp": "it was long"})
    write_tree(tmp_path, {"gateway/base/a.cpp": "int x;\n"})
    assert len(file_sizes.problems(tmp_path)) == 1


REFUSED_AWAITS = [
    "co_await run([p] { return p; });",
    "co_await run([this](int x) mutable { use(x); });",
    "co_await send({a, b});",
    "co_await send(Options{a, b});",
    "co_await send(x, Options{.a = 1});",
    "auto r = co_await (f([]{ return 1; }));",
    "if (co_await send({a})) {\n}",
    "co_await Awaiter{a, b};",
    "co_return co_await\n    send(\n        {a, b});",
]
ACCEPTED_AWAITS = [
    "co_await run(named);",
    "co_await table[index](x);",
    "co_await sleep(std::chrono::seconds{5});",
    "if (auto n = co_await read(buffer)) { use({1, 2}); }",
    "for (;;) { co_await step(); use([] { return 1; }); }",
    "// co_await send({a, b});",
    'log("co_await send({a})");',
    "co_await send({a});  // co_await-ok: std::string_view",
    "co_await a(), f({b});",
]


@pytest.mark.parametrize("line", REFUSED_AWAITS)
def test_check_coroutines_refuses(tmp_path, line):
    write_tree(tmp_path, {"gateway/net/x.cpp": f"Task<> f() {{\n{line}\n}}\n"})
    assert len(check_coroutines.problems(tmp_path)) >= 1


@pytest.mark.parametrize("line", ACCEPTED_AWAITS)
def test_check_coroutines_accepts(tmp_path, line):
    write_tree(tmp_path, {"gateway/net/x.cpp": f"Task<> f() {{\n{line}\n}}\n"})
    assert check_coroutines.problems(tmp_path) == []
