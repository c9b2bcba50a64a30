"""Plugins are replaced, added, removed and taken back while requests flow; nothing is lost and nothing is left behind."""

import copy
import json
import os
import signal
import subprocess

import pytest

from harness.client import Client, eventually
from harness.gatehouse import PLUGINS, Server, run_command
from harness.reloads import (  # noqa: F401  (fixtures)
    Load, answering_site, compile_answering, configuration, generation, metric, plugins, posts_load, put, reload, site,
)
from harness.site import Site, shipped_configuration, write_secrets


def test_the_next_generation_answers_after_a_reload(site):
    before = generation(site)
    answer = reload(site, "posts")
    assert answer["result"] == "switched"
    assert answer["previous"] == before
    assert generation(site) == answer["generation"] > before
    assert {"stage", "lint", "load", "create", "start", "probe", "switch"} <= set(answer["phases_us"])
    eventually(lambda: '"generation":' in site.gateway.log(), "the access log names the generation")


def test_nothing_is_lost_while_every_plugin_is_replaced_again_and_again(site):
    with Load(site, posts_load(site)) as load:
        for _ in range(10):
            for service in ("posts", "auth", "users"):
                assert reload(site, service)["result"] == "switched"
    assert load.failures == []
    eventually(lambda: metric(site, "gatehouse_plugin_unmapped_total") == 30, "all old generations unmapped", seconds=20)
    assert metric(site, "gatehouse_plugin_pinned_generations") == 0


def test_a_file_that_is_refused_changes_nothing(site, plugins):
    before = generation(site)
    good = (plugins / "posts.so").read_bytes()
    for bad, phase in ((good[: len(good) // 2], "lint"), (b"", "lint"), ((plugins / "users.so").read_bytes(), "create")):
        put(plugins, "posts", bad)
        answer = reload(site, "posts", 422)
        assert answer["result"] == "refused" and answer["reason"]
        if phase == "lint":
            assert answer["phase"] == phase
        assert generation(site) == before
    put(plugins, "posts", good)
    assert reload(site, "posts")["result"] == "switched"


def test_the_command_line_tells_what_became_of_it(site, plugins):
    where = ["--admin", f"http://{site.gateway.admin_address}", "--token-file", "var/secrets/admin.token"]
    done = run_command("plugins", "reload", "posts", *where, folder=site.folder)
    assert done.returncode == 0, done.stderr
    assert "serves in place of" in done.stdout
    listed = run_command("plugins", "list", *where, "--json", folder=site.folder)
    assert set(shipped_configuration()["services"]) == {each["service"] for each in json.loads(listed.stdout)["plugins"]}
    assert run_command("plugins", "why-alive", "posts", *where, folder=site.folder).returncode == 0
    back = run_command("plugins", "rollback", "posts", *where, folder=site.folder)
    assert back.returncode == 0, back.stdout + back.stderr
    put(plugins, "posts", b"not a plugin")
    refused = run_command("plugins", "reload", "posts", *where, folder=site.folder)
    assert refused.returncode == 1
    assert "refused at lint" in refused.stdout
    assert run_command("plugins", "reload", "nobody", *where, folder=site.folder).returncode == 1
    unreachable = run_command("plugins", "list", "--admin", "http://127.0.0.1:1", folder=site.folder)
    assert unreachable.returncode == 1 and "no answer" in unreachable.stderr


def test_a_rollback_is_the_generation_before(site):
    first = generation(site)
    second = reload(site, "posts")["generation"]
    answer = site.admin().post("/plugins/posts/rollback").expect(200).json()
    assert (answer["generation"], answer["previous"]) == (first, second)
    assert generation(site) == first


def test_only_a_renamed_or_marked_file_is_believed(tmp_path, plugins):
    with Site(tmp_path, configuration(watch=True), environment={"GATEHOUSE_PLUGINS": str(plugins)}) as site:
        first = generation(site)
        content = (plugins / "posts.so").read_bytes()
        put(plugins, "posts", content)
        eventually(lambda: generation(site) > first, "reloaded after the rename")
        second = generation(site)
        (plugins / "posts.so.ready").touch()
        eventually(lambda: generation(site) > second, "reloaded after the marker")
        third = generation(site)
        (plugins / "posts.so").write_bytes(content)  # in place: could be half of it
        put(plugins, "users", (plugins / "users.so").read_bytes())
        eventually(lambda: metric(site, 'gatehouse_plugin_reloads_total{plugin="users"') == 1, "users reloaded")
        assert generation(site) == third


def test_services_come_go_and_change_with_the_file(site):
    client = site.client()
    changed = copy.deepcopy(site.configuration)
    changed["services"]["copy"] = copy.deepcopy(changed["services"]["posts"])
    changed["services"]["copy"]["config"]["database"] = "sqlite:var/data/copy.db"
    changed["routes"].append({"path": "/copy/**", "to": "copy", "use": "public", "rewrite": "/api/**"})

    def use(configuration):
        site.write_routes(configuration)
        return site.admin().post("/reload")

    client.get("/copy/posts").expect(404)
    with Load(site, posts_load(site)) as load:
        use(changed).expect(200)
        client.get("/copy/posts").expect(200)
        before = generation(site)
        changed["services"]["posts"]["workers"] = 2
        use(changed).expect(200)
        assert generation(site) > before
        broken = copy.deepcopy(changed)
        broken["services"]["copy"]["config"]["nonsense"] = True
        answer = use(broken).expect(422).json()
        assert "nonsense" in json.dumps(answer["diagnostics"])
        client.get("/copy/posts").expect(200)
        use(site.configuration).expect(200)
        client.get("/copy/posts").expect(404)
    assert load.failures == []
    eventually(lambda: "copy" not in site.admin().get("/plugins").body.decode(), "the removed service is gone", seconds=20)


def test_a_bad_generation_is_taken_back_by_itself(tmp_path, plugins):
    with answering_site(tmp_path, plugins, observe="60s", rollback_after=5) as site:
        client = site.client()
        first = generation(site, "/answer")
        put(plugins, "answering", compile_answering(tmp_path, 500))
        reload(site, "answering")
        for _ in range(8):
            client.get("/answer").expect((200, 500))
        eventually(lambda: client.get("/answer").status == 200, "the first generation took over again")
        assert generation(site, "/answer") == first
        assert metric(site, 'gatehouse_plugin_reloads_total{plugin="answering",result="rolled_back"') == 1
        assert "answers are 5xx" in site.gateway.log()


def test_a_rollback_after_the_observation_loads_the_kept_file(tmp_path, plugins):
    with answering_site(tmp_path, plugins, observe="0ms") as site:
        client = site.client()
        put(plugins, "answering", compile_answering(tmp_path, 404))
        reload(site, "answering")
        client.get("/answer").expect(404)
        eventually(lambda: len(site.admin().get("/plugins/answering/why-alive").json()["generations"]) == 1, "the old one ended")
        site.admin().post("/plugins/answering/rollback").expect(200)
        client.get("/answer").expect(200)
        reload(site, "answering")  # of the file in the directory, not of the kept one
        client.get("/answer").expect(404)


def test_serve_replaces_its_plugin_on_sighup(tmp_path, plugins):
    write_secrets(tmp_path)
    server = Server("posts", ["serve", plugins / "posts.so", "--listen", "127.0.0.1:0",
                              "--config", '{"cursor_key": "file:var/secrets/cursor.key"}'], tmp_path).start()
    try:
        client = Client(server.address)
        client.get("/api/posts").expect((200, 401))
        put(plugins, "posts", (plugins / "posts.so").read_bytes())
        server.send_signal(signal.SIGHUP)
        eventually(lambda: "plugin reload" in server.log(), "the plugin was reloaded")
        client.get("/api/posts").expect((200, 401))
    finally:
        server.stop()


@pytest.fixture()
def small_disk(tmp_path):
    """A file system of its own that fills up: needs root."""
    folder = tmp_path / "small"
    folder.mkdir()
    size = sum((PLUGINS / f"{name}.so").stat().st_size for name in shipped_configuration()["services"]) + 16 * 1024 * 1024
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only root may mount")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder):
    with open(folder / "filler", "wb", buffering=0) as file, pytest.raises(OSError):
        while True:
            file.write(bytes(64 * 1024))


def test_a_full_disk_refuses_the_new_file_and_the_old_one_serves_on(tmp_path, plugins, small_disk):
    environment = {"GATEHOUSE_PLUGINS": str(plugins), "TMPDIR": str(small_disk)}
    with Site(tmp_path, configuration(), environment=environment) as site:
        before = generation(site)
        staged = sorted(small_disk.rglob("*.so"))
        fill(small_disk)
        with Load(site, posts_load(site)) as load:
            for _ in range(3):
                answer = reload(site, "posts", 422)
                assert answer["result"] == "refused" and answer["phase"] == "stage"
                assert "No space left on device" in answer["reason"] and "posts.so" in answer["reason"]
                assert generation(site) == before
            assert sorted(small_disk.rglob("*.so")) == staged, "nothing is left of what could not be copied"
        assert load.failures == []
        (small_disk / "filler").unlink()
        assert reload(site, "posts")["result"] == "switched"
        assert generation(site) > before


def test_a_full_disk_stops_the_start_and_says_why(tmp_path, plugins, small_disk):
    site = Site(tmp_path, configuration())
    site.write_routes()
    fill(small_disk)
    environment = {"GATEHOUSE_PLUGINS": str(plugins), "TMPDIR": str(small_disk)}
    ended = run_command("run", site.routes_file, folder=tmp_path, environment=environment)
    assert ended.returncode not in (0, 2)
    assert "No space left on device" in ended.stderr and str(small_disk) in ended.stderr


def test_what_a_killed_gateway_left_is_removed_by_the_next_one(tmp_path, plugins):
    runtime = tmp_path / "tmp"
    runtime.mkdir()
    site = Site(tmp_path, configuration(), environment={"GATEHOUSE_PLUGINS": str(plugins), "TMPDIR": str(runtime)}).start()
    site.gateway.kill()
    killed = {path.name for path in runtime.glob("gatehouse-*/plugins-*")}
    assert len(killed) == 1
    with site:
        assert len(left := {path.name for path in runtime.glob("gatehouse-*/plugins-*")}) == 1
        assert left != killed
    assert not list(runtime.glob("gatehouse-*/*-*"))
