"""`gatehouse new service`: what it writes builds, passes its own tests, and serves at once."""

import json
import os
import subprocess
import sys

import pytest

from conftest import REPOSITORY, Serving, on_any_port
from harness.client import Client

sys.path.insert(0, str(REPOSITORY / "tests" / "contract"))
import lints  # noqa: E402
import structure  # noqa: E402

KINDS = {"memory": [], "database": ["--database"], "c": ["--language", "c"]}


@pytest.fixture(scope="module", params=KINDS.values(), ids=KINDS.keys())
def written(request, package, scratch):
    """A new service, built: its folder."""
    folder = scratch / f"new-{'-'.join(request.param).strip('-') or 'plain'}"
    folder.mkdir()
    package.run(package.program, "new", "service", "my_notes", *request.param, folder=folder)
    package.build(folder / "my_notes", "-DCMAKE_C_FLAGS=-Werror", "-DCMAKE_CXX_FLAGS=-Werror")
    return folder / "my_notes"


def test_it_builds_and_its_tests_pass(package, written):
    output = package.test(written / "build")
    assert "my_notes.smoke" in output and "100% tests passed" in output
    assert "my_notes.so: ok, my_notes 0.1.0" in package.lint(written / "build" / "plugins" / "my_notes.so")


def test_no_word_of_the_template_is_left(written):
    for path in written.rglob("*"):
        if path.is_file() and "build" not in path.relative_to(written).parts:
            text = path.read_text().lower()
            assert "gatehouse_sample" not in text and "gatehousesample" not in text, path


def test_it_is_served_at_once(package, written):
    routes = written / "routes.yaml"
    routes.write_text(on_any_port(routes.read_text()))
    package.run(package.program, "check", "routes.yaml", folder=written)
    with Serving(package, "gateway", ["run", "--plugins", "build/plugins"], written) as server:
        client = Client(server.address)
        if (written / "plugin.c").exists():
            client.request("PUT", "/api/my_notes/a", b"one").expect(201)
            assert client.get("/api/my_notes/a").expect(200).body == b"one"
        else:
            created = client.post("/api/my_notes", {"title": "one"}).expect(201)
            assert client.get(created.header("location")).expect(200).json()["title"] == "one"


def test_its_document_says_what_a_client_needs_to_know(package, written):
    if (written / "plugin.c").exists():
        pytest.skip("has no document")
    document = json.loads(package.run(package.program, "openapi", "my_notes", "--plugins", "build/plugins", folder=written))
    assert structure.problems(document) == [] and lints.problems(document) == []


def test_the_tables_are_the_same_on_postgresql(package, written):
    if not (written / "migrations").exists():
        pytest.skip("has no tables")
    from postgres import Postgres
    with Postgres() as server:
        url = server.create_database("new_service") + "?schema=notes"
        # One database for all tests: one after another, and they look at what they made themselves.
        package.test(written / "build", TEST_DATABASE=url)


def test_it_becomes_one_of_the_repositorys_plugins(written):
    """In the tree it must keep to the tree's rules: includes go to the SDK and to itself."""
    checks = REPOSITORY / "tests" / "tools" / "check_includes.py"
    place = written.parent / "tree"
    for top in ("gateway", "sdk", "tests", "plugins"):
        (place / top).mkdir(parents=True, exist_ok=True)
    (place / "sdk" / "include").symlink_to(REPOSITORY / "sdk" / "include")
    subprocess.run(["cp", "-r", written, place / "plugins" / "my_notes"], check=True)
    subprocess.run(["rm", "-rf", place / "plugins" / "my_notes" / "build"], check=True)
    result = subprocess.run(["/usr/bin/python3", checks, place], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("name, said", [
    ("", "needs a name"), ("Notes", "try notes"), ("my-notes", "try my_notes"), ("7up", "lower-case letter"),
    ("class", "class_service"), ("co_await", "reserved"), ("time", "time_service"), ("std", "library"),
    ("a__b", "try a_b"), ("tail_", "try tail"), ("_x", "try x"), ("x" * 33, "at most 32"), ("нотес", "a-z"), ("../x", "try x"),
])
def test_a_name_that_cannot_be_is_refused_with_a_reason(package, tmp_path, name, said):
    output = package.run(package.program, "new", "service", name, folder=tmp_path, status=2)
    assert said in output
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(package, tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "precious.txt").write_text("mine")
    assert "not empty" in package.run(package.program, "new", "service", "notes", folder=tmp_path, status=2)
    assert [path.name for path in (tmp_path / "notes").iterdir()] == ["precious.txt"]
    (tmp_path / "file").write_text("mine")
    assert "no folder" in package.run(package.program, "new", "service", "notes", "--directory", "file", folder=tmp_path, status=2)
    (tmp_path / "empty").mkdir()
    package.run(package.program, "new", "service", "notes", "--directory", "empty", folder=tmp_path)
    assert (tmp_path / "empty" / "plugin.cpp").exists()
    assert os.access(tmp_path / "empty" / "tests" / "smoke.sh", os.X_OK)


def test_c_has_no_database(package, tmp_path):
    assert "for C++" in package.run(package.program, "new", "service", "x", "--language", "c", "--database", folder=tmp_path,
                                    status=2)


def test_it_says_what_comes_next(package, tmp_path):
    output = package.run(package.program, "new", "service", "notes", folder=tmp_path)
    assert f"-DCMAKE_PREFIX_PATH={package.prefix}" in output and "ctest" in output and "run --plugins" in output
    with_path = package.run(package.program, "new", "service", "more", folder=tmp_path,
                            PATH=f"{package.program.parent}:{package.environment['PATH']}")
    assert "CMAKE_PREFIX_PATH" not in with_path and "\n  gatehouse run" in with_path
