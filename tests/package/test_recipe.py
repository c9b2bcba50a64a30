"""The README's ten-minute recipe, command by command: blocks marked ```sh recipe."""

import re
import subprocess

from conftest import BUILD_DIR, REPOSITORY, Package, Serving, on_any_port
from test_readme import assert_shown

BLOCK = re.compile(r"^```sh recipe\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = re.compile(r"^```sh recipe\n.*?^```\n+^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_recipe_works_as_it_is_written(package, tmp_path):
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    make, use = BLOCK.findall(text)
    *commands, serve = make.strip().splitlines()
    assert serve.startswith("gatehouse run ")
    script = "set -eu\n" + "\n".join(commands).replace("build/release", str(BUILD_DIR))
    package.run("bash", "-c", script, folder=tmp_path, HOME=str(tmp_path))

    service = tmp_path / "notes"
    routes = service / "routes.yaml"
    routes.write_text(on_any_port(routes.read_text()))
    installed = Package(tmp_path / "gatehouse", tmp_path)
    with Serving(installed, "gateway", serve.split()[1:], service) as server:
        shell = subprocess.run(["bash", "-eu"], input=use.replace("127.0.0.1:8080", server.address), cwd=tmp_path,
                               capture_output=True, text=True, timeout=60)
        assert shell.returncode == 0, shell.stderr
    shown = SHOWN.search(text[text.index(use) - len("```sh recipe\n"):]).group(1)
    assert_shown(use, shown, shell.stdout)
