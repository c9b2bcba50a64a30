"""`gatehouse events list, dead and redrive`, and the admin API's commands, for services in every home: an event that its consumer
cannot process becomes a dead letter, and is processed once when the cause is gone and it is driven again."""

import json
import os
import signal
import sqlite3

import pytest

from harness.client import Client, eventually
from harness.gatehouse import PLUGINS, Server, run_command
from harness.site import ADMIN_TOKEN, Site, bare_configuration

HOMES = ("plugin", "spawn", "served")
IMPATIENT = {"attempts_max": 2, "first_pause": "10ms"}


class Stage:
    """A producer and a consumer in that home, each with a database of its own."""

    def __init__(self, folder, home):
        self.folder, self.home = folder, home
        self.elsewhere = None
        configs = {"consumer": {"database": "sqlite:var/data/consumer.db", "path": "/consumer", "events": IMPATIENT},
                   "producer": {"database": "sqlite:var/data/producer.db"}}
        where = {"producer": "spawn:event_producer" if home == "spawn" else "plugin:event_producer",
                 "consumer": f"{home}:event_consumer"}
        services = {name: {"at": where[name], "config": configs[name]} for name in where}
        self.site = Site(folder, bare_configuration(
            services, [{"path": f"/{name}/**", "to": name} for name in services],
            gateway={"assertion_key": "file:var/secrets/internal_assertion.key"}))
        if home == "served":
            self.elsewhere = Server("consumer", [
                "serve", PLUGINS / "event_consumer.so", "--service", "consumer", "--listen", "127.0.0.1:0",
                "--config", json.dumps(configs["consumer"]), "--assertion-key", "file:var/secrets/internal_assertion.key"],
                folder).start()
            services["consumer"] = {"at": f"http://{self.elsewhere.address}", "served": True}
            self.site.configuration["services"] = services

    def __enter__(self):
        self.site.start()
        return self

    def __exit__(self, *_):
        self.site.kill()
        if self.elsewhere:
            self.elsewhere.kill()

    def change_database(self, statement):
        with sqlite3.connect(self.folder / "var" / "data" / "consumer.db", timeout=10) as database:
            database.execute(statement)
        database.close()

    def tails(self):
        return self.site.client().get("/consumer/tails").expect(200).json()["items"]

    def events(self, *arguments, gateway=True):
        where = ["--config", self.site.routes_file]
        if gateway:
            where += ["--admin", f"http://{self.site.gateway.admin_address}", "--token-file", "var/secrets/admin.token"]
        return run_command("events", *arguments, *where, folder=self.folder)

    def items(self, service, *arguments):
        shown = self.events(*arguments, "--json")
        assert shown.returncode == 0, shown.stderr
        return next(each["items"] for each in json.loads(shown.stdout) if each["service"] == service)

    def make_dead_letter(self):
        self.change_database("alter table effects rename to effects_away")
        self.site.client().post("/producer/counters/one").expect(200)
        return eventually(lambda: self.items("consumer", "dead"), "a dead letter", every=0.2)[0]["id"]


@pytest.fixture(params=HOMES)
def stage(request, tmp_path):
    with Stage(tmp_path, request.param) as running:
        yield running


def test_a_dead_letter_is_seen_driven_again_and_processed_once(stage):
    letter = stage.make_dead_letter()
    sent = stage.items("producer", "list", "--state", "all")
    assert [(each["id"], each["type"], each["state"]) for each in sent] == [(letter, "counter.changed", "sent")]
    told = stage.events("dead")
    assert letter in told.stdout and "effects" in told.stdout, "the text names the event and the cause"

    again = stage.events("redrive", letter)  # the cause is still there
    assert again.returncode == 1 and "failed" in again.stdout
    assert len(stage.items("consumer", "dead")) == 1

    stage.change_database("alter table effects_away rename to effects")
    done = stage.events("redrive", "--all")
    assert done.returncode == 0, done.stdout + done.stderr
    assert letter in done.stdout and "processed" in done.stdout
    assert stage.items("consumer", "dead") == []
    assert [(tail["name"], tail["effects"], tail["violations"]) for tail in stage.tails()] == [("one", 1, 0)]
    assert stage.events("redrive", letter).returncode == 0  # of the outbox: sent again, and dropped as seen
    stage.site.client().post("/producer/counters/one").expect(200)
    eventually(lambda: stage.tails()[0]["last"] == 2, "the event after it")
    assert stage.tails()[0]["effects"] == 2 and stage.tails()[0]["violations"] == 0


def test_nobody_but_the_gateway_has_a_service_run_commands(stage):
    assert stage.site.client().post("/consumer/gatehouse/commands/events.dead", {}).status in (403, 404)
    for home in filter(None, [stage.elsewhere and stage.elsewhere.address]):
        assert Client(home).post("/gatehouse/commands/events.dead", {}).status in (401, 403, 404)


def test_the_admin_api_tells_commands_apart_that_are_unknown_wrong_or_of_nobody(stage):
    admin = stage.site.admin()
    assert admin.post("/services/consumer/commands/events.dead", {"limit": 1}).expect(200).json()["total"] == 0
    for service, command, arguments, status in (("consumer", "events.nothing", {}, 404), ("nobody", "events.dead", {}, 404),
                                                ("consumer", "events.dead", {"limit": "many"}, 422)):
        answer = admin.post(f"/services/{service}/commands/{command}", arguments).expect(status)
        assert answer.json()["status"] == status and answer.json()["title"]
    Client(stage.site.gateway.admin_address).post("/services/consumer/commands/events.dead", {}).expect(401)


@pytest.mark.parametrize("home", HOMES)
def test_without_a_gateway_the_plugins_on_this_machine_are_asked_here(tmp_path, home):
    with Stage(tmp_path, home) as stage:
        letter = stage.make_dead_letter()
        stage.site.stop()
        shown = stage.events("dead", "--service", "consumer", gateway=False)
        if home == "served":
            assert shown.returncode == 1
            assert "service consumer runs at http://" in shown.stderr and "only its gateway can ask it" in shown.stderr
        else:
            assert shown.returncode == 0 and letter in shown.stdout
        gone = stage.events("dead")  # --admin says whom to ask, so nobody else will do
        assert gone.returncode == 1 and "does the gateway run" in gone.stderr


def test_a_service_that_cannot_answer_is_told_by_name(tmp_path):
    with Stage(tmp_path, "served") as stage:
        os.kill(stage.elsewhere.pid, signal.SIGKILL)
        stage.elsewhere.wait_exit()
        shown = stage.events("dead")
        assert shown.returncode == 1 and "service consumer" in shown.stderr and "cannot be reached" in shown.stderr
        assert "producer" not in shown.stderr
        stage.site.configuration["services"]["consumer"]["served"] = False
        stage.site.write_routes()
        Client(stage.site.gateway.admin_address, token=ADMIN_TOKEN).post("/reload").expect(200)
        foreign = stage.events("dead", "--service", "consumer")
        assert foreign.returncode == 1 and "not run by `gatehouse serve`" in foreign.stderr
        assert stage.events("dead").returncode == 0  # of all that may have events
