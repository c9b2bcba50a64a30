"""The README's curls print what the README says. Blocks marked ```sh tested run in order, in one shell, against a fresh
installation; the block that follows each shows its output, where … stands for anything."""

import re
import subprocess

import pytest

from harness.gatehouse import REPOSITORY
from harness.site import Site, shipped_configuration

README_ADDRESS = "127.0.0.1:8080"
BLOCK = re.compile(r"^```sh tested\n(?P<commands>.*?)^```\n+^```\w*\n(?P<output>.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "--- end of block ---"


def blocks():
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    return [(match["commands"], match["output"]) for match in BLOCK.finditer(text)]


@pytest.fixture()
def site(tmp_path):
    with Site(tmp_path, shipped_configuration()) as running:
        yield running


def pattern_of(line):
    """A shown line as a pattern: … matches anything, the rest is literal."""
    return "^" + ".*".join(re.escape(part) for part in line.rstrip().split("…")) + "$"


def assert_shown(commands, shown, printed):
    lines = [line.rstrip() for line in printed.splitlines()]
    position = 0
    for expected in [line for line in shown.splitlines() if line.strip()]:
        pattern = re.compile(pattern_of(expected), re.IGNORECASE)
        found = next((n for n in range(position, len(lines)) if pattern.match(lines[n])), None)
        assert found is not None, f"{commands}\nshows: {expected}\nprinted:\n{printed}"
        position = found + 1


def test_the_readme_tells_the_truth(site):
    found = blocks()
    assert len(found) >= 5
    script = "\n".join(f"{commands}\nprintf '\\n%s\\n' '{MARK}'" for commands, _ in found)
    script = script.replace(README_ADDRESS, site.address)
    result = subprocess.run(["bash", "-u"], input=script, capture_output=True, text=True, timeout=120, cwd=site.folder)
    printed = result.stdout.split(MARK)
    assert len(printed) == len(found) + 1, result.stdout + result.stderr
    for (commands, shown), output in zip(found, printed):
        assert_shown(commands, shown, output.replace(site.address, README_ADDRESS))


def test_a_wrong_claim_would_be_noticed():
    with pytest.raises(AssertionError):
        assert_shown("curl", "HTTP/1.1 200 OK\n", "HTTP/1.1 401 Unauthorized\n")
    with pytest.raises(AssertionError):
        assert_shown("curl", '{"likes":1…}\n', '{"likes":2}\n')
    assert_shown("curl", 'HTTP/1.1 2…\n{"id":…,"likes":1}\n', 'HTTP/1.1 200 OK\nx: y\n\n{"id":7,"likes":1}\n')
