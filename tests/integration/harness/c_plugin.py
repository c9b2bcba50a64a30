"""Plugins in C of `data/`, compiled by the test that wants them."""

import subprocess
from pathlib import Path

from .gatehouse import REPOSITORY

DATA = Path(__file__).resolve().parents[1] / "data"


def compile_plugin(source, target, **defines):
    """data/SOURCE.c as the file `target`, which must not be there yet: a plugin's file is never written in place."""
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", *[f"-D{name}={value}" for name, value in defines.items()],
                    f"-I{REPOSITORY}/sdk/include", DATA / f"{source}.c", "-o", target,
                    f"-Wl,--version-script={REPOSITORY}/sdk/cmake/plugin.map", "-Wl,-z,now", "-Wl,--build-id"], check=True)
    return target
