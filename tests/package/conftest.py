"""An installed Gatehouse that has been moved since, and verbs to use it as a stranger would."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
sys.path[:0] = [str(HERE.parent / "integration"), str(HERE.parent / "tools")]

from harness.gatehouse import BUILD_DIR  # noqa: E402
from harness.program import Program, read_ready_file  # noqa: E402

CMAKE = os.environ.get("CMAKE_COMMAND", "cmake")


class Package:
    """The installed prefix. Nothing of the build tree is in the environment of what is run."""

    def __init__(self, prefix, scratch):
        self.prefix = prefix
        self.program = prefix / "bin" / "gatehouse"
        # No HASHDIR and a base directory: the same sources in another temporary folder are the same to ccache.
        self.environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(scratch), "LANG": "C.UTF-8", "NO_COLOR": "1", "TMPDIR": str(scratch),
            "CCACHE_DIR": os.environ.get("CCACHE_DIR", str(Path.home() / ".cache" / "ccache")),
            "CCACHE_BASEDIR": str(scratch), "CCACHE_NOHASHDIR": "1", "CMAKE_GENERATOR": "Ninja",
            "PKG_CONFIG_PATH": str(prefix / "lib" / "pkgconfig"),
        }
        if shutil.which("ccache"):
            self.environment.update(CMAKE_C_COMPILER_LAUNCHER="ccache", CMAKE_CXX_COMPILER_LAUNCHER="ccache")

    def run(self, *arguments, folder, status=0, seconds=600, **environment):
        result = subprocess.run([str(argument) for argument in arguments], cwd=folder, capture_output=True, text=True,
                                timeout=seconds, env={**self.environment, **environment})
        output = result.stdout + result.stderr
        assert status is None or result.returncode == status, f"{arguments} ended with {result.returncode}:\n{output[-6000:]}"
        return output

    def build(self, source, *options):
        """Configures and builds a project against the installed SDK; returns its build folder."""
        build = Path(source) / "build"
        self.run(CMAKE, "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}", *options, folder=source)
        self.run(CMAKE, "--build", build, folder=source)
        return build

    def test(self, build, **environment):
        return self.run("ctest", "--test-dir", build, "--output-on-failure", "--no-tests=error", folder=build, **environment)

    def lint(self, *plugins):
        return self.run(self.program, "plugins", "check", *plugins, folder=self.prefix)

    def pkg_config(self, *arguments):
        return self.run("pkg-config", *arguments, folder=self.prefix).split()


@pytest.fixture(scope="session")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("package")


@pytest.fixture(scope="session")
def package(scratch):
    built = scratch / "first"
    subprocess.run([CMAKE, "--install", str(BUILD_DIR), "--prefix", str(built)], check=True, capture_output=True)
    moved = scratch / "elsewhere" / "gatehouse"
    moved.parent.mkdir()
    built.rename(moved)
    return Package(moved, scratch)


class Serving(Program):
    """A program of the package that writes a ready file; `address` is where it serves."""

    def __init__(self, package, name, arguments, folder):
        self.ready_file = Path(folder) / f"{name}.ready"
        super().__init__(name, [package.program, *arguments, "--ready-file", self.ready_file], folder)

    def __enter__(self):
        self.ready_file.unlink(missing_ok=True)
        self.start()
        ready = self.wait_for(lambda: read_ready_file(self.ready_file), "ready file")
        self.address = ready["listen"][0]
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.stop()
        else:
            print(self.log_tail())
            self.kill()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def on_any_port(routes):
    """routes.yaml as it was written, but for its addresses."""
    return routes.replace("127.0.0.1:8080", "127.0.0.1:0").replace("127.0.0.1:9901", "127.0.0.1:0")
