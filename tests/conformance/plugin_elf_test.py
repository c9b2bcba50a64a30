"""Every plugin of a build is checked (PLUGIN_DIRECTORIES, ":"-separated), and the check itself on plugins built wrongly."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import plugin_elf  # noqa: E402

ROOT = Path(__file__).parents[2]
SANITIZED = bool(os.environ.get("GATEHOUSE_SANITIZE"))
PLUGINS = [path for directory in os.environ.get("PLUGIN_DIRECTORIES", "").split(":") if directory
           for path in sorted(Path(directory).glob("*.so"))]
MAP = ROOT / "sdk/cmake/plugin.map"
GOOD = ["-shared", "-fPIC", f"-Wl,--version-script={MAP}", "-Wl,-z,now", "-Wl,--build-id"]


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_plugin_of_this_build(plugin):
    assert plugin_elf.faults(plugin, SANITIZED) == []
    assert f"id={plugin.stem}\n" in plugin_elf.note_text(plugin)


def build(tmp_path, source, options, name="x.so"):
    code = tmp_path / "x.cpp"
    code.write_text(source)
    result = tmp_path / name
    compiler = os.environ.get("CXX_COMPILER", "g++")
    subprocess.run([compiler, "-std=c++20", "-O0", "-I", str(ROOT / "sdk/include"), str(code), "-o", str(result), *options], check=True)
    return result


PLAIN = """#include <gatehouse/abi.h>
GH_PLUGIN_NOTE("x", "1.0.0", "c");
GH_EXPORT const gh_plugin* GH_PLUGIN_ENTRY(void) { return nullptr; }
"""
UNIQUE = PLAIN + """struct C { int n = 0; }; inline C& cache() { static C c; return c; }
__attribute__((visibility("default"))) int touch() { return ++cache().n; }
"""


def test_accepts_a_plugin_built_right(tmp_path):
    assert plugin_elf.faults(build(tmp_path, PLAIN, GOOD)) == []


@pytest.mark.parametrize("source, options, word", [
    (UNIQUE, ["-shared", "-fPIC", "-Wl,-z,now", "-Wl,--build-id"], "exports"),
    (PLAIN, [*GOOD, "-Wl,-soname,x.so"], "SONAME"),
    (PLAIN, [*GOOD, "-Wl,-z,nodelete"], "NODELETE"),
    (PLAIN, [*GOOD, "-Wl,-z,execstack"], "stack"),
    (PLAIN, [*GOOD, "-Wl,--build-id=none"], "build id"),
    (PLAIN, [*GOOD, "-Wl,-rpath,/tmp"], "PATH"),
    (PLAIN.replace("GH_PLUGIN_NOTE", "//"), GOOD, "note"),
    (PLAIN.replace("GH_PLUGIN_ENTRY(void) {", "other(void) {"), GOOD, "exports"),
])
def test_refuses_a_plugin_built_wrongly(tmp_path, source, options, word):
    assert any(word in fault for fault in plugin_elf.faults(build(tmp_path, source, options)))
