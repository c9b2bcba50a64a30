"""spawn: a crash or a hang stays in the child process, and the gateway brings it back."""

import copy
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from harness.client import assert_problem, eventually
from harness.site import Site, register, shipped_configuration, write_secrets
from harness.gatehouse import PLUGINS, run_command
from harness.reloads import answering_site, compile_answering, plugins, put, reload  # noqa: F401  (plugins is a fixture)
from load import Load

RESTARTING = (503, "service_restarting")


@pytest.fixture()
def site(tmp_path):
    """posts in a child process, the others in the gateway."""
    configuration = shipped_configuration()
    configuration["services"]["posts"]["at"] = "spawn:posts"
    with Site(tmp_path, configuration) as running:
        yield running


def reading(path):
    return lambda number: ("GET", path, {}, None)


def metric(site, name, **labels):
    for line in site.admin().get("/metrics").expect(200).body.decode().splitlines():
        if line.startswith(name + "{") and all(f'{key}="{value}"' in line for key, value in labels.items()):
            return float(line.rsplit(" ", 1)[1])
    return None


def is_gone(pid):
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


def test_a_killed_child_costs_its_callers_503_and_nobody_else_anything(site):
    site.client().get("/api/posts").expect(200)
    before = site.child("posts")
    with Load(site.address, reading("/api/posts")) as posts, Load(site.address, reading("/api/users/1"), 2) as users:
        eventually(lambda: len(posts.results) > 50 and len(users.results) > 50, "some load")
        killed = time.monotonic()
        os.kill(before, signal.SIGKILL)
        eventually(lambda: site.child("posts") not in (None, before), "another child")
        eventually(lambda: any(at > killed + 0.01 and status == 200 for at, status, _ in list(posts.results)),
                   "an answer of it", every=0.005)
        time.sleep(0.5)
    assert not posts.broken and not users.broken
    assert set(posts.outcomes()) <= {(200, None), RESTARTING}
    assert {status for _, status, _ in users.results} <= {200, 404}
    failed = [at for at, status, _ in posts.results if status != 200]
    if failed:
        assert max(failed) - killed < 1.0, "back within a second"
    assert [status for _, status, _ in sorted(posts.results)[-20:]] == [200] * 20
    assert metric(site, "gatehouse_spawn_up", service="posts") == 1
    assert metric(site, "gatehouse_spawn_restarts_total", service="posts", reason="signal") == 1


def test_writes_that_were_answered_survive_the_kill(site):
    alice = register(site)
    headers = {"Authorization": f"Bearer {alice.access_token}", "Content-Type": "application/json"}
    with Load(site.address, lambda number: ("POST", "/api/posts", headers, b'{"text": "kept"}')) as load:
        eventually(lambda: len(load.results) > 20, "some load")
        before = site.child("posts")
        os.kill(before, signal.SIGKILL)
        eventually(lambda: site.child("posts") not in (None, before), "another child")
        written = load.outcomes()[(201, None)]
        eventually(lambda: load.outcomes()[(201, None)] > written + 20, "more writes")
    assert not load.broken
    assert set(load.outcomes()) <= {(201, None), RESTARTING}
    kept = load.outcomes()[(201, None)]
    found, cursor = 0, None
    while found == 0 or cursor:
        page = alice.client.get("/api/posts?limit=50" + (f"&cursor={cursor}" if cursor else "")).expect(200).json()
        found, cursor = found + len(page["items"]), page["next_cursor"]
    assert found >= kept


def test_a_child_that_stands_still_is_replaced(site):
    before = site.child("posts")
    os.kill(before, signal.SIGSTOP)
    eventually(lambda: site.child("posts") not in (None, before), "another child", seconds=30)
    eventually(lambda: site.client().get("/api/posts").status == 200, "an answer")
    assert is_gone(before)
    assert metric(site, "gatehouse_spawn_restarts_total", service="posts", reason="hang") == 1


def test_a_killed_gateway_leaves_no_child(tmp_path):
    configuration = shipped_configuration()
    for service in configuration["services"].values():
        service["at"] = service["at"].replace("plugin:", "spawn:")
    site = Site(tmp_path, configuration).start()
    children = [site.child(name) for name in configuration["services"]]
    assert all(children)
    os.kill(site.gateway.pid, signal.SIGKILL)
    eventually(lambda: all(is_gone(child) for child in children), "the end of all children")
    site.kill()


def test_a_stopped_gateway_stops_its_children_and_sockets(tmp_path):
    configuration = shipped_configuration()
    configuration["services"]["posts"]["at"] = "spawn:posts"
    with Site(tmp_path, configuration) as site:
        child = site.child("posts")
    eventually(lambda: is_gone(child), "the end of the child")


def test_nothing_secret_is_seen_from_outside(site):
    key = (site.folder / "var" / "secrets" / "cursor.key").read_text()
    for name in ("cmdline", "environ"):
        assert key not in Path(f"/proc/{site.child('posts')}/{name}").read_bytes().decode(errors="replace")


def test_a_child_that_cannot_start_stops_the_start_and_says_why(tmp_path):
    write_secrets(tmp_path)
    configuration = shipped_configuration()
    configuration["services"]["posts"]["at"] = "spawn:posts"
    configuration["services"]["posts"]["config"]["database"] = "sqlite:routes.yaml/posts.db"  # a file, not a folder
    site = Site(tmp_path, configuration)
    site.write_routes()
    ended = run_command("run", site.routes_file, folder=tmp_path)
    assert ended.returncode not in (0, 2)
    assert 'service "posts"' in ended.stderr, ended.stderr


def test_a_changed_configuration_starts_another_child_without_a_lost_request(site):
    changed = copy.deepcopy(site.configuration)
    with Load(site.address, reading("/api/posts")) as load:
        for round_ in range(3):
            before = site.child("posts")
            changed["services"]["posts"]["workers"] = 3 + round_
            site.write_routes(changed)
            site.gateway.send_signal(signal.SIGHUP)
            eventually(lambda: site.child("posts") not in (None, before) and is_gone(before), "the switch", seconds=20)
    assert not load.broken
    assert set(load.outcomes()) == {(200, None)}


def test_a_child_whose_probe_fails_does_not_take_over(tmp_path, plugins):
    with answering_site(tmp_path, plugins, probe=["/answer"], home="spawn") as site:
        before = site.child("answering")
        put(plugins, "answering", compile_answering(tmp_path, 503))
        report = reload(site, "answering", 422)
        assert "GET /answer answers 503" in report["reason"]
        assert site.child("answering") == before
        site.client().get("/answer").expect(200)
        put(plugins, "answering", compile_answering(tmp_path, 201))
        reload(site, "answering")
        site.client().get("/answer").expect(201)


def test_without_its_child_a_service_answers_503_at_once(site):
    os.kill(site.child("posts"), signal.SIGKILL)
    seen = set()
    deadline = time.monotonic() + 5
    while 200 not in seen and time.monotonic() < deadline:
        begun = time.monotonic()
        answer = site.client().get("/api/posts")
        seen.add(answer.status)
        if answer.status == 503:
            assert assert_problem(answer, 503)
            assert answer.header("gatehouse-error") == "service_restarting"
            assert time.monotonic() - begun < 1
    assert 200 in seen and seen <= {200, 503}


def test_a_plugin_that_crashed_the_gateway_three_times_is_spawned(tmp_path):
    configuration = shipped_configuration()
    with Site(tmp_path, copy.deepcopy(configuration)) as first:
        plugins = {one["service"]: one for one in first.admin().get("/plugins").expect(200).json()["plugins"]}
    build = plugins["posts"]["build_id"]
    now = int(time.time())
    lines = [f"{now - 300 + each * 100} posts {plugins['posts']['version']} {build}\n" for each in range(3)]
    (tmp_path / "var" / "crashes.log").write_text("".join(lines))
    with Site(tmp_path, configuration) as second:
        assert second.child("posts")
        assert not second.child("users")
        second.client().get("/api/posts").expect(200)
        assert "runs in a child process" in second.gateway.log()


def test_a_child_that_is_down_degrades_the_gateway_and_does_not_take_it_out_of_rotation(tmp_path):
    plugins = tmp_path / "plugins"
    shutil.copytree(PLUGINS, plugins, ignore=lambda _, names: [name for name in names if not name.endswith(".so")])
    configuration = shipped_configuration()
    configuration["services"]["posts"]["at"] = "spawn:posts"
    configuration["gateway"]["plugins"] = {"watch": False}
    with Site(tmp_path, configuration, environment={"GATEHOUSE_PLUGINS": str(plugins)}) as site:
        def degraded():
            answer = site.admin().get("/readyz").expect(200).json()
            assert answer["ready"] and answer["reasons"] == []
            return answer["degraded"]

        assert degraded() == []
        (plugins / "posts.so").rename(plugins / "away")
        os.kill(site.child("posts"), signal.SIGKILL)
        eventually(lambda: any(each.startswith("posts: its child process is") for each in degraded()), "word of it")
        assert "SIGKILL" in degraded()[0]
        site.client().get("/api/users/1").expect((200, 404))
        (plugins / "away").rename(plugins / "posts.so")
        eventually(lambda: degraded() == [], "another child", seconds=20)
        site.client().get("/api/posts").expect(200)
