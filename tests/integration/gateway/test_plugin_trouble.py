"""A plugin that makes trouble for the whole process: who is told, and what goes on."""

import json
import re
import select
import signal

import pytest

from harness.c_plugin import compile_plugin
from harness.client import eventually
from harness.gatehouse import has_sanitizer, run_command
from harness.site import Site, bare_configuration
from harness.wire import RawConnection


@pytest.fixture()
def plugins(tmp_path):
    folder = tmp_path / "plugins"
    folder.mkdir()
    compile_plugin("trouble", folder / "trouble.so")
    compile_plugin("answering", folder / "answering.so", STATUS=200)
    return folder


def make_site(tmp_path, plugins, loops=1, **settings):
    configuration = bare_configuration(
        services={"trouble": "plugin:trouble", "calm": "plugin:answering"},
        routes=[{"path": "/trouble/**", "to": "trouble"}, {"path": "/answer", "to": "calm"}],
        gateway={"loops": loops, "plugins": {"watch": False, **settings}})
    environment = {"GATEHOUSE_PLUGINS": str(plugins), "TROUBLE_RELEASE": str(tmp_path / "release")}
    return Site(tmp_path, configuration, environment=environment)


def crash(site, path="/trouble/crash"):
    """Returns what the process wrote on its way down."""
    before = len(site.gateway.log())
    with pytest.raises(OSError):
        site.client().get(path)
    assert site.gateway.wait_exit() == -signal.SIGSEGV
    return site.gateway.log()[before:]


def status_of(site, service):
    plugins = site.admin().get("/plugins").expect(200).json()["plugins"]
    return next(each for each in plugins if each["service"] == service)


def command(site, *arguments):
    where = ["--admin", f"http://{site.gateway.admin_address}", "--token-file", "var/secrets/admin.token"]
    return run_command(*arguments, *where, folder=site.folder)


@pytest.mark.skipif(has_sanitizer(), reason="a sanitizer reports crashes in this build")
def test_a_plugin_that_crashed_the_gateway_three_times_is_spawned_from_then_on(tmp_path, plugins):
    site = make_site(tmp_path, plugins, crash_file="crashes/history")  # a directory that nobody has made
    for path in ("/trouble/crash", "/trouble/crash-at-work", "/trouble/crash"):
        site.start()
        known = status_of(site, "trouble")
        report = crash(site, path)
        who = rf"service=trouble plugin=trouble version=3\.2\.1 build-id={known['build_id']} "
        who += rf"generation={known['generation']}\n"
        what = rf"doing=handler route=GET {path} request=[0-9a-f]{{8}}-[0-9a-f-]{{27}}\n"
        assert re.search("=== gatehouse crashed: SIGSEGV at 0x0\n.*\n" + who + what, report), report
        assert re.search(rf"#0 [^ ]*/trouble-{known['generation']}[^ /]*\.so\+0x", report), report
    assert (tmp_path / "crashes" / "history").read_text().count(" trouble 3.2.1 ") == 3
    with site:
        assert site.child("trouble") and not site.child("calm")
        assert "runs in a child process" in site.gateway.log()
        for path in ("/trouble/fine", "/answer"):
            site.client().get(path).expect(200)
        services = {each["name"]: each for each in site.admin().get("/services").expect(200).json()["services"]}
        assert services["trouble"]["at"] == ["spawn:trouble"]
        assert "crashed" in services["trouble"]["moved_because"]
        assert "moved_because" not in services["calm"]
        children = site.admin().get("/plugins").expect(200).json()["children"]
        assert [(each["service"], each["state"], each["version"]) for each in children] == [("trouble", "up", "3.2.1")]
        assert "crashed" in children[0]["moved_because"]
        told = command(site, "plugins", "list")
        assert told.returncode == 0, told.stderr
        lines = {line.split()[0]: line for line in told.stdout.splitlines()}
        assert "spawn" in lines["trouble"] and "crashed" in lines["trouble"] and "3.2.1" in lines["trouble"]
        assert "spawn" not in lines["calm"]
        child = site.child("trouble")  # another crash stays where it belongs
        assert site.client().get("/trouble/crash").status in (502, 503)
        eventually(lambda: site.child("trouble") not in (None, child), "another child")
        eventually(lambda: site.client().get("/trouble/fine").status == 200, "an answer of it")
        site.client().get("/answer").expect(200)
        assert "=== gatehouse crashed: SIGSEGV" in site.gateway.log()
    assert (tmp_path / "crashes" / "history").read_text().count("\n") == 3, "a child's crash is not the gateway's"


@pytest.mark.skipif(has_sanitizer(), reason="a sanitizer reports crashes in this build")
def test_another_build_or_a_removed_history_starts_in_the_gateway_again(tmp_path, plugins):
    site = make_site(tmp_path, plugins)
    for _ in range(3):
        site.start()
        crash(site)
    with site:
        assert site.child("trouble")
    (plugins / "trouble.so").unlink()
    compile_plugin("trouble", plugins / "trouble.so", VERSION='"3.2.2"')
    with site:
        assert not site.child("trouble")
        site.client().get("/trouble/fine").expect(200)
    (tmp_path / "var" / "crashes.log").unlink()
    (plugins / "trouble.so").unlink()
    compile_plugin("trouble", plugins / "trouble.so")
    with site:
        assert not site.child("trouble")


CONNECTIONS = 32  # spread over two loops: on each there is at least one, but for one run in two billion


def send_all(connections, path):
    for connection in connections:
        connection.send(f"GET {path} HTTP/1.1\r\nHost: gateway\r\n\r\n".encode())


def take_answers(connections):
    """Of those that have one; the others are on a loop that stands still."""
    ready, _, _ = select.select([each.socket for each in connections], [], [], 0)
    return {each: each.read_response() for each in connections if each.socket in ready}


def outcome(answer):
    return answer.status, (answer.values("gatehouse-error") or [b""])[0].decode()


def metric(site, start):
    for line in site.admin().get("/metrics").expect(200).body.decode().splitlines():
        if line.startswith(start):
            return float(line.rsplit(" ", 1)[1])
    return None


def log_lines(site, message):
    lines = (json.loads(line) for line in site.gateway.log().splitlines() if line.startswith("{"))
    return [line for line in lines if line.get("message", line.get("msg")) == message]


def test_a_plugin_that_blocks_a_loop_is_named_and_kept_away_until_it_returns(tmp_path, plugins):
    with make_site(tmp_path, plugins, loops=2, stall_after="20ms", break_after="100ms", retry_after="50ms") as site:
        generation = status_of(site, "trouble")["generation"]
        connections = [RawConnection(site.address) for _ in range(CONNECTIONS)]
        send_all(connections, "/answer")
        assert {outcome(each.read_response()) for each in connections} == {(200, "")}
        blocking, others = connections[0], connections[1:]
        send_all([blocking], "/trouble/stall")
        told = site.gateway.wait_for(
            lambda: log_lines(site, "a plugin blocks an event loop; it gets no requests"), "word of the stall")[0]
        assert (told["plugin"], told["route"], told["generation"]) == ("trouble", "GET /trouble/stall", generation)
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f-]{27}", told["request"]) and told["ms"] >= 100
        assert log_lines(site, "a plugin blocks an event loop")[0]["plugin"] == "trouble"

        # The other loop answers: for the plugin that it is kept away, for the other one as ever.
        send_all(others, "/trouble/fine")
        free = eventually(lambda: take_answers(others), "an answer of the other loop")
        stuck = [each for each in others if each not in free]
        send_all(free, "/trouble/work")
        kept_away = [*free.values(), *(each.read_response() for each in free)]
        assert {outcome(answer) for answer in kept_away} == {(503, "plugin_stalled")}
        assert all(answer.values("retry-after") for answer in kept_away)
        send_all(free, "/answer")
        assert {outcome(each.read_response()) for each in free} == {(200, "")}
        assert not take_answers([blocking])

        (tmp_path / "release").touch()
        assert outcome(blocking.read_response()) == (200, "")
        assert {outcome(each.read_response()) for each in stuck} <= {(200, ""), (503, "plugin_stalled")}
        for path in ("/trouble/fine", "/trouble/work"):
            eventually(lambda: site.client().get(path).status == 200, "the breaker is closed")
        send_all(connections, "/trouble/fine")
        assert {outcome(each.read_response()) for each in connections} == {(200, "")}
        where = '{plugin="trouble",route="GET /trouble/stall"}'
        assert metric(site, "gatehouse_plugin_stalls_total" + where) == 1
        assert metric(site, 'gatehouse_plugin_breaker_opened_total{plugin="trouble"}') == 1
        assert metric(site, 'gatehouse_plugin_breaker_opened_total{plugin="calm"}') is None
