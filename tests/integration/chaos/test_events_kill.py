"""Events while the process is killed again and again: every committed change takes effect exactly once, in order per
subject, in every consumer.

One gateway with a producer (a counter per subject; every increment publishes its value) and two consumers, each with a
database of its own, under load from several clients. `kill -9` at random moments, restart, until the kills are used up;
then everything has to go through. 30 kills; `--long`: 1000. The seed is printed and may be given in GATEHOUSE_TEST_SEED.
"""

import os
import random
import socket
import threading
import time
from http.client import HTTPConnection, HTTPException

import pytest
from harness.client import eventually
from harness.gatehouse import run_command
from harness.site import Site, bare_configuration

CLIENTS = 4
SUBJECTS = [f"s{n}" for n in range(8)]
CONSUMERS = ("consumer_a", "consumer_b")
BEHIND_MAX = 5000   # events; a machine that is busy with other things delivers fewer than it can commit
PAUSE_MAX = 0.1     # seconds between two writes of a client, when the consumers are behind
EVERY = 10          # kills: how often it is looked how far behind the consumers are
STEP_SECONDS = 60   # without anything delivered


def service(plugin, storage, name, **config):
    database = f"{storage}?schema={name}" if storage else f"sqlite:var/data/{name}.db"
    return {"at": f"plugin:{plugin}", "config": {"database": database, **config}}


def configuration(storage):
    services = {"producer": service("event_producer", storage, "producer")}
    routes = [{"path": "/producer/**", "to": "producer"}]
    for name in CONSUMERS:
        services[name] = service("event_consumer", storage, name, path=f"/{name}")
        routes.append({"path": f"/{name}/**", "to": name})
    return bare_configuration(services, routes)


class Load:
    """Clients that increment counters until they are stopped; what was answered 200 is committed."""

    def __init__(self, port, seed):
        self.port = port
        self.stopping = threading.Event()
        self.pause = 0.0  # seconds between two writes of a client
        self.acknowledged = {name: 0 for name in SUBJECTS}
        self.tried = {name: 0 for name in SUBJECTS}
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(random.Random(seed + n),)) for n in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def run(self, rng):
        connection = None
        while not self.stopping.is_set():
            self.stopping.wait(self.pause)
            name = rng.choice(SUBJECTS)
            try:
                if connection is None:
                    connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
                    connection.connect()
                self.count(self.tried, name)
                connection.request("POST", f"/producer/counters/{name}")
                answer = connection.getresponse()
                answer.read()
                if answer.status == 200:
                    self.count(self.acknowledged, name)
            except (OSError, HTTPException):
                if connection is not None:
                    connection.close()
                connection = None
                time.sleep(0.01)  # the gateway is down: do not spin

    def count(self, where, name):
        with self.lock:
            where[name] += 1

    def adapt(self, is_far_ahead):
        """Writes go on at every kill, but not faster for long than they can be delivered."""
        self.pause = min(max(2 * self.pause, 0.001), PAUSE_MAX) if is_far_ahead else self.pause / 2

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def read_items(site, path):
    with site.client() as client:
        return {item["name"]: item for item in client.get(path).expect(200).json()["items"]}


def counters_of(site):
    return {name: item["value"] for name, item in read_items(site, "/producer/counters").items()}


def tails_of(site):
    """Per consumer, the last value of each subject that took effect."""
    return {consumer: {name: tail["last"] for name, tail in read_items(site, f"/{consumer}/tails").items()}
            for consumer in CONSUMERS}


def behind(site):
    """Events that the slowest consumer has not seen."""
    slowest = min(sum(tail.values()) for tail in tails_of(site).values())
    return sum(counters_of(site).values()) - slowest


def wait_until_through(site, counters):
    """As long as it takes, while there is a step at least every STEP_SECONDS."""
    tails = tails_of(site)
    while any(tail != counters for tail in tails.values()):
        seen = tails
        eventually(lambda: tails_of(site) != seen, "another delivery", seconds=STEP_SECONDS, every=0.2)
        tails = tails_of(site)


@pytest.fixture()
def site(tmp_path, storage):
    shown = configuration(storage)
    shown["gateway"]["listen"] = [{"at": f"127.0.0.1:{free_port()}"}]  # the same one after each restart
    with Site(tmp_path, shown) as running:
        yield running


def test_every_committed_change_takes_effect_once_and_in_order(site, request):
    is_long = request.config.getoption("--long")
    kills = 1000 if is_long else 30
    seed = int(os.environ.get("GATEHOUSE_TEST_SEED", random.randrange(1 << 30)))
    print(f"seed {seed}")
    rng = random.Random(seed)
    load = Load(int(site.address.rsplit(":", 1)[1]), seed)
    slowest = 0.0
    try:
        for kill in range(kills):
            time.sleep(rng.uniform(0.005, 0.6))  # the random moment, not a wait for anything
            site.gateway.kill()
            begun = time.monotonic()
            site.gateway.start()
            slowest = max(slowest, time.monotonic() - begun)
            if kill % EVERY == EVERY - 1:
                load.adapt(behind(site) > BEHIND_MAX)
    finally:
        load.stop()

    counters = counters_of(site)
    total = sum(counters.values())
    assert total > kills, "hardly anything was written"
    for name, value in counters.items():
        assert load.acknowledged[name] <= value <= load.tried[name]

    begun = time.monotonic()
    wait_until_through(site, counters)
    for consumer in CONSUMERS:
        for name, tail in read_items(site, f"/{consumer}/tails").items():
            assert tail["violations"] == 0, f"{consumer} saw {name} out of order, twice or not at all: {tail}"
            assert tail["effects"] == counters[name]
    print(f"{kills} kills, {total} events, slowest start {slowest:.2f} s, caught up in {time.monotonic() - begun:.1f} s")

    shown = run_command("events", "dead", "--config", site.routes_file, folder=site.folder)
    assert shown.returncode == 0, shown.stderr
    assert "no dead letters" in shown.stderr
