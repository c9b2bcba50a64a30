"""One service publishes, two subscribe, each in a process of its own or in the gateway's: an event is safe once both have
processed it. The services are the C fixture of the unit tests: POST /publish answers 204 once its event is safe."""
import contextlib
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from harness.gatehouse import BUILD_DIR, Server  # noqa: E402
from rabbitmq import RabbitMq  # noqa: E402

FIXTURES = BUILD_DIR / "tests" / "unit" / "gateway" / "events" / "fixtures"
ROUTES = """version: 1
gateway:
  listen: [{{ at: "127.0.0.1:0" }}]
  admin: {{ at: "127.0.0.1:0" }}
  events: {events}
services:
  posts: {posts}:subscriber_1
  feed: {feed}:subscriber_2
routes:
  - {{ path: /posts/**, to: posts, rewrite: /** }}
  - {{ path: /feed/**, to: feed, rewrite: /** }}
"""


def ask(address, path, body=None):
    request = urllib.request.Request(f"http://{address}{path}", data=body)
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def delivered(server):
    """By service, as far as this process has delivered."""
    counts = {}
    for line in ask(server.admin_address, "/metrics")[1].splitlines():
        if line.startswith("gatehouse_events_delivered_total{"):
            labels, count = line.rsplit(" ", 1)
            counts[labels.split('service="')[1].split('"')[0]] = int(float(count))
    return counts


def wait_until(value, wanted, server, seconds=60):
    deadline = time.monotonic() + seconds
    while not wanted(found := value()):
        assert time.monotonic() < deadline, f"{found} after {seconds} s\n{server.log()}"
        time.sleep(0.05)


@contextlib.contextmanager
def serve(folder, events, posts, feed, environment=None):
    (folder / "routes.yaml").write_text(ROUTES.format(events=events, posts=posts, feed=feed))
    server = Server("gatehouse", ["run", folder / "routes.yaml", "--plugins", FIXTURES], folder, environment).start()
    try:
        yield server
    finally:
        server.stop()


@pytest.mark.parametrize("posts", ["plugin", "spawn"])
@pytest.mark.parametrize("feed", ["plugin", "spawn"])
def test_the_embedded_bus_reaches_every_home(tmp_path, posts, feed):
    with serve(tmp_path, "{ bus: embedded }", posts, feed) as server:
        for number in range(20):
            assert ask(server.address, "/posts/publish", f"p{number}".encode())[0] == 204
            assert ask(server.address, "/feed/publish", f"f{number}".encode())[0] == 204
        here = {name: 40 for name, home in (("posts", posts), ("feed", feed)) if home == "plugin"}
        assert delivered(server) == here


def test_nobody_but_the_gateway_brings_events_to_a_child(tmp_path):
    with serve(tmp_path, "{ bus: embedded }", "plugin", "spawn") as server:
        assert ask(server.address, "/posts/publish", b"p1")[0] == 204
        assert ask(server.address, "/feed/gatehouse/events", b"{}")[0] in (403, 404)
        assert ask(server.address, "/feed/gatehouse/subscriptions")[0] in (403, 404)


@pytest.mark.parametrize("feed", ["plugin", "spawn"])
def test_a_broker_reaches_every_home(tmp_path, feed):
    with RabbitMq() as broker:
        url = broker.environment()["GATEHOUSE_TEST_RABBITMQ"]
        events = f'{{ bus: "{url}", password: env:GATEHOUSE_TEST_RABBITMQ_PASSWORD }}'
        with serve(tmp_path, events, "plugin", feed, broker.environment()) as server:
            wait_until(lambda: ask(server.admin_address, "/readyz")[0], lambda status: status == 200, server)
            for number in range(10):
                assert ask(server.address, "/posts/publish", f"p{number}".encode())[0] == 204
                assert ask(server.address, "/feed/publish", f"f{number}".encode())[0] == 204
            # At least once: a broker that has lost a connection under load brings an event again.
            here = ["posts", "feed"] if feed == "plugin" else ["posts"]
            wait_until(lambda: delivered(server), lambda counts: all(counts.get(name, 0) >= 20 for name in here), server)
            assert broker.password not in server.log()
