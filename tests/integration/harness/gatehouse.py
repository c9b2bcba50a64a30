"""The program under test: where it is built, and how its subcommands are called."""

import mmap
import os
import subprocess
from pathlib import Path

from .program import Program, read_ready_file

REPOSITORY = Path(__file__).resolve().parents[3]
BUILD_DIR = Path(os.environ.get("GATEHOUSE_BUILD_DIR", REPOSITORY / "build" / "release"))
BINARY = BUILD_DIR / "bin" / "gatehouse"
PLUGINS = BUILD_DIR / "plugins"


class Server(Program):
    """A `gatehouse` process that serves; `address` and `admin_address` are known once it is ready."""

    def __init__(self, name, arguments, folder, environment=None):
        self.ready_file = Path(folder) / f"{name}.ready.json"
        super().__init__(name, [BINARY, *arguments, "--ready-file", self.ready_file], folder, environment)
        self.addresses = []
        self.admin_address = None

    def start(self):
        self.ready_file.unlink(missing_ok=True)
        super().start()
        ready = self.wait_for(lambda: read_ready_file(self.ready_file), "ready file")
        self.addresses = ready.get("listen", [])
        self.admin_address = ready.get("admin")
        return self

    @property
    def address(self):
        return self.addresses[0]


def run_command(*arguments, folder=None, environment=None, stdin=None, seconds=60):
    """Runs a subcommand to its end; returns CompletedProcess with text."""
    return subprocess.run(
        [str(BINARY), *[str(argument) for argument in arguments]], cwd=folder, input=stdin, capture_output=True,
        text=True, timeout=seconds, env=dict(os.environ, NO_COLOR="1", **(environment or {})))


def has_sanitizer():
    """Whether the program was built with one, which has its own way with crashes."""
    with open(BINARY, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return any(content.find(name) >= 0 for name in (b"__asan_init", b"__tsan_init"))
