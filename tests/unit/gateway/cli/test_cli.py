"""Smoke tests of the command line: data on stdout, talk on stderr, exit status 0, 1 or 2."""

import json
import os
import subprocess
from pathlib import Path

import pytest

PROGRAM = os.environ["GATEHOUSE_PROGRAM"]
COMMANDS = ["run", "serve", "check", "routes", "explain", "config", "schema", "plugins", "migrate", "user", "openapi", "new", "version"]
GOOD = """version: 1
services:
  users: "http://127.0.0.1:9001"
  posts: "http://127.0.0.1:9002"
auth:
  session: { forward: { to: users, path: /verify } }
policies:
  member: { auth: session, rate: { limit: 10/s, by: user } }
routes:
  - { path: "/api/users/{id:int}", methods: [GET], to: users }
  - { path: /api/users/**, to: users, use: member }
  - { path: /api/posts/**, methods: [POST], to: posts }
  - { path: /old/**, redirect: { to: /new/** } }
"""


@pytest.fixture()
def folder(tmp_path):
    (tmp_path / "routes.yaml").write_text(GOOD)
    return tmp_path


def gatehouse(folder, *arguments, stdin=""):
    environment = {"PATH": os.environ["PATH"], "NO_COLOR": "1", "HOME": str(folder), "TMPDIR": str(folder)}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    return subprocess.run([PROGRAM, *map(str, arguments)], cwd=folder, input=stdin, capture_output=True, text=True,
                          timeout=60, env=environment)


def test_help_begins_with_examples_and_lists_every_command(folder):
    result = gatehouse(folder, "--help")
    assert result.returncode == 0 and result.stderr == ""
    assert result.stdout.startswith("Examples:\n")
    for command in COMMANDS:
        assert f"\n  {command} " in result.stdout


@pytest.mark.parametrize("command", COMMANDS + ["plugins check", "new service", "migrate up", "migrate status", "user create"])
def test_help_of_every_command_begins_with_examples(folder, command):
    result = gatehouse(folder, *command.split(), "--help")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("Examples:\n  ")
    assert f"gatehouse {command.split()[0]}" in result.stdout


def test_without_a_command_help_goes_to_stderr(folder):
    result = gatehouse(folder)
    assert result.returncode == 2 and result.stdout == "" and "Examples:" in result.stderr


def test_unknown_command_gets_a_suggestion(folder):
    result = gatehouse(folder, "chek")
    assert result.returncode == 2 and result.stdout == ""
    assert 'did you mean "check"?' in result.stderr


@pytest.mark.parametrize("arguments", [["explain"], ["check", "--fromat", "json"], ["check", "--format", "xml"], ["serve", "x.so"],
                                       ["plugins"], ["migrate", "down"], ["config"], ["serve", "x.so", "--listen", "127.0.0.1"],
                                       ["explain", "GET", "api"], ["explain", "GET", "/a/%00"], ["explain", "GET", "/", "-H", "nonsense"],
                                       ["serve", "x.so", "--listen", "127.0.0.1:0", "--assertion-key", "literal"],
                                       ["serve", "x.so", "--listen", "127.0.0.1:0", "--config", "{\"a\": on}"]])
def test_bad_usage_is_2_and_says_why_on_stderr(folder, arguments):
    result = gatehouse(folder, *arguments)
    assert result.returncode == 2, result
    assert result.stdout == "" and result.stderr


def test_check_accepts_a_good_file(folder):
    result = gatehouse(folder, "check")
    assert result.returncode == 0 and "4 routes" in result.stdout and result.stderr == ""
    report = json.loads(gatehouse(folder, "check", "routes.yaml", "--format", "json").stdout)
    assert report["valid"] is True and report["errors"] == []


def test_check_reports_all_errors_and_exits_with_2(folder):
    (folder / "bad.yaml").write_text(GOOD.replace("to: posts", "to: psts").replace("10/s", "10"))
    result = gatehouse(folder, "check", "bad.yaml")
    assert result.returncode == 2
    assert "error[R203]" in result.stdout and "error[T102]" in result.stdout and result.stdout.endswith("2 errors\n")
    errors = json.loads(gatehouse(folder, "check", "bad.yaml", "--format", "json").stdout)["errors"]
    assert [error["code"] for error in errors] == ["T102", "R203"]


@pytest.mark.parametrize("command", [["run"], ["routes"], ["config", "--effective"], ["explain", "GET", "/"], ["migrate", "status"],
                                     ["openapi"], ["user", "create"]])
def test_commands_refuse_a_bad_file_before_they_do_anything(folder, command):
    (folder / "routes.yaml").write_text("version: 1\nroutes: nonsense\n")
    result = gatehouse(folder, *command)
    assert result.returncode == 2 and result.stdout == "" and "error[T101]" in result.stderr


def test_a_missing_file_is_named(folder):
    result = gatehouse(folder, "check", "nowhere.yaml")
    assert result.returncode == 2 and "nowhere.yaml:1:1: error[Y101]" in result.stdout


def test_routes_are_listed_as_table_and_as_json(folder):
    table = gatehouse(folder, "routes").stdout.splitlines()
    assert table[0].split() == ["METHODS", "HOST", "PATH", "TO", "AUTH", "POLICIES"] and len(table) == 5
    routes = json.loads(gatehouse(folder, "routes", "--json").stdout)
    assert [route["to"] for route in routes] == ["users", "users", "posts", ""]
    assert routes[1]["auth"] == "session" and routes[3]["redirect"]["status"] == 308


def test_explain_names_the_winner_and_the_losers(folder):
    result = gatehouse(folder, "explain", "GET", "/api/users/./7?x=1", "-H", "x_user.id: 1")
    assert result.returncode == 0
    assert "winner: GET /api/users/{id:int}  (routes.yaml:10)" in result.stdout
    assert "x_user.id: removed" in result.stdout
    assert "/api/users/**" in result.stdout and "less specific" in result.stdout
    told = json.loads(gatehouse(folder, "explain", "POST", "/api/users/7/x", "--json").stdout)
    assert told["winner"]["rest"] == "7/x" and told["winner"]["policies"] == ["member"]


def test_explain_says_404_and_405(folder):
    nothing = gatehouse(folder, "explain", "GET", "/nothing")
    assert nothing.returncode == 1 and "404" in nothing.stdout
    method = gatehouse(folder, "explain", "GET", "/api/posts/1")
    assert method.returncode == 1 and "405: allowed are POST" in method.stdout


def test_effective_configuration_shows_defaults(folder):
    text = gatehouse(folder, "config", "--effective").stdout
    assert "keepalive_timeout: 75s" in text and "if_down: deny" in text and "total: 15s" in text


def test_schema_is_json_and_reference_is_markdown(folder):
    schema = json.loads(gatehouse(folder, "schema").stdout)
    assert schema["properties"]["version"]["maximum"] == 1
    assert gatehouse(folder, "schema", "--format", "markdown").stdout.startswith("### The file")


def test_version(folder):
    assert gatehouse(folder, "version").stdout.startswith("gatehouse ")
    assert json.loads(gatehouse(folder, "version", "--json").stdout)["abi"] == "1.0"


def test_plugins_check_gives_a_reason(folder):
    (folder / "fake.so").write_bytes(b"not a library")
    result = gatehouse(folder, "plugins", "check", "fake.so")
    assert result.returncode == 1 and "fake.so: refused: " in result.stdout
    told = json.loads(gatehouse(folder, "plugins", "check", "fake.so", "missing.so", "--json").stdout)
    assert [entry["ok"] for entry in told] == [False, False]


def test_services_elsewhere_cannot_be_migrated_from_here(folder):
    result = gatehouse(folder, "migrate", "up", "posts")
    assert result.returncode == 2 and "127.0.0.1:9002" in result.stderr
    unknown = gatehouse(folder, "migrate", "up", "post")
    assert unknown.returncode == 2 and 'did you mean "posts"?' in unknown.stderr


def test_user_create_needs_a_name_and_a_password(folder):
    (folder / "routes.yaml").write_text("version: 1\nservices: { auth: plugin:auth }\nroutes: []\n")
    result = gatehouse(folder, "user", "create", "--admin")
    assert result.returncode == 2 and "--username" in result.stderr
    result = gatehouse(folder, "user", "create", "--username", "a", "--email", "a@example.com", "--password-stdin")
    assert result.returncode == 2 and "password" in result.stderr


def test_a_missing_plugin_is_a_failure_with_its_path(folder):
    (folder / "routes.yaml").write_text("version: 1\nservices: { nowhere: plugin:nowhere }\nroutes: []\n")
    result = gatehouse(folder, "migrate", "status", "--plugins", folder)
    assert result.returncode == 1 and "nowhere" in result.stderr


def test_a_full_disk_is_noticed(folder):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    with open("/dev/full", "w", encoding="utf-8") as full:
        result = subprocess.run([PROGRAM, "schema"], stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
    assert result.returncode == 1
