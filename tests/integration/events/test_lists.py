"""A service with several homes on one database gets each event once: the home in the gateway's process if there is one, else any
one of the others."""

import json
import sqlite3

from harness.client import eventually
from harness.gatehouse import PLUGINS, Server
from harness.site import Site, bare_configuration

EVENTS = 40
CONFIG = {"database": "sqlite:var/data/consumer.db", "path": "/consumer"}


def start_copy(folder, name):
    return Server(name, ["serve", PLUGINS / "event_consumer.so", "--service", "consumer", "--listen", "127.0.0.1:0",
                         "--config", json.dumps(CONFIG), "--assertion-key", "file:var/secrets/internal_assertion.key"],
                  folder).start()


def brought(copy):
    """The events that were brought to that process, one line of its log each."""
    return sum("/gatehouse/events" in line for line in copy.log().splitlines())


def asked(copy):
    return sum("/consumer/tails" in line for line in copy.log().splitlines())


class Stage:
    """at(copies): the consumer's list; everything stops at the end."""

    def __init__(self, folder, at, copies, **more):
        self.site = Site(folder, bare_configuration(
            {"producer": {"at": "plugin:event_producer", "config": {"database": "sqlite:var/data/producer.db"}}},
            [{"path": f"/{name}/**", "to": name} for name in ("producer", "consumer")],
            gateway={"assertion_key": "file:var/secrets/internal_assertion.key"}))
        self.copies = [start_copy(folder, f"copy{number}") for number in range(copies)]
        self.site.configuration["services"]["consumer"] = {"at": at(self.copies), "served": True, **more}

    def __enter__(self):
        self.site.start()
        return self

    def __exit__(self, *_):
        self.site.kill()
        for copy in self.copies:
            copy.kill()

    def publish_all(self):
        client = self.site.client()
        for number in range(EVENTS):
            client.post(f"/producer/counters/s{number % 4}").expect(200)

    def tails(self):
        """From the database: whichever home answers may be the one that was killed."""
        query = "select name, (select count(*) from effects where effects.name = tails.name), last, violations from tails"
        database = sqlite3.connect(self.site.folder / "var" / "data" / "consumer.db", timeout=10)
        try:
            return [dict(zip(("name", "effects", "last", "violations"), row)) for row in database.execute(query)]
        finally:
            database.close()

    def expect_each_event_once(self):
        eventually(lambda: sum(tail["last"] for tail in self.tails()) == EVENTS, "all events", seconds=30)
        assert {(tail["effects"], tail["violations"]) for tail in self.tails()} == {(EVENTS // 4, 0)}


def test_a_list_with_a_home_in_the_gateway_gets_its_events_there(tmp_path):
    with Stage(tmp_path, lambda copies: ["plugin:event_consumer", f"http://{copies[0].address}"], 1,
               config=CONFIG, weights=[1, 1]) as stage:
        stage.publish_all()
        stage.expect_each_event_once()
        for _ in range(10):
            stage.site.client().get("/consumer/tails").expect(200)
        eventually(lambda: asked(stage.copies[0]) > 0, "requests are spread over both")
        assert brought(stage.copies[0]) == 0


def test_a_home_elsewhere_that_never_came_up_holds_up_nobody_who_has_one_in_the_gateway(tmp_path):
    with Stage(tmp_path, lambda copies: ["plugin:event_consumer", "http://127.0.0.1:1"], 0, config=CONFIG) as stage:
        stage.publish_all()
        stage.expect_each_event_once()


def test_of_two_homes_elsewhere_exactly_one_gets_each_event(tmp_path):
    with Stage(tmp_path, lambda copies: [f"http://{copy.address}" for copy in copies], 2) as stage:
        stage.publish_all()
        stage.expect_each_event_once()
        counts = eventually(lambda: (seen := [brought(copy) for copy in stage.copies]) and sum(seen) == EVENTS and seen,
                            "every event is in one of the logs")
        assert all(counts), "either may get one"


def test_events_go_on_while_one_of_two_homes_is_away(tmp_path):
    with Stage(tmp_path, lambda copies: [f"http://{copy.address}" for copy in copies], 2) as stage:
        stage.site.client().post("/producer/counters/first").expect(200)
        eventually(stage.tails, "the first event")
        stage.copies[0].kill()
        stage.publish_all()
        eventually(lambda: sum(tail["last"] for tail in stage.tails()) == EVENTS + 1, "all events", seconds=60)
        assert all(tail["violations"] == 0 and tail["effects"] == tail["last"] for tail in stage.tails())
