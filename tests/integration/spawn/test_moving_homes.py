"""A service moves between plugin:, spawn: and http:// by a reload under load, and no request is lost."""

import copy
import signal

import pytest

from harness.client import eventually
from harness.site import Site, register, shipped_configuration
from load import Load


@pytest.fixture()
def site(tmp_path):
    with Site(tmp_path, shipped_configuration()) as running:
        running.start_backend("127.0.0.1:0")
        yield running


def move(site, at, **more):
    changed = copy.deepcopy(site.configuration)
    changed["services"]["posts"].update({"at": at, **more})
    before = snapshot(site)
    site.write_routes(changed)
    site.gateway.send_signal(signal.SIGHUP)
    eventually(lambda: snapshot(site) > before, f"the move to {at}", seconds=30)


def snapshot(site):
    """How many reloads have been taken over."""
    for line in site.admin().get("/metrics").expect(200).body.decode().splitlines():
        if line.startswith("gatehouse_config_reloads_total{") and '"success"' in line:
            return float(line.rsplit(" ", 1)[1])
    return 0


def requests_of(user):
    headers = {"Authorization": f"Bearer {user.access_token}", "Content-Type": "application/json"}

    def one(number):
        if number % 4 == 0:
            return "POST", "/api/posts", headers, b'{"text": "on the move"}'
        return "GET", "/api/posts?limit=2", headers, None
    return one


def test_no_request_is_lost_on_the_way_round(site):
    alice = register(site)
    homes = ["spawn:posts", site.backend_url(), "plugin:posts", site.backend_url(), "spawn:posts", "plugin:posts"]
    with Load(site.address, requests_of(alice)) as load:
        for home in homes:
            seen = len(load.results)
            move(site, home)
            eventually(lambda: len(load.results) > seen + 40, f"load at {home}", seconds=30)
    assert not load.broken, load.broken[:5]
    assert set(load.outcomes()) == {(200, None), (201, None)}, load.outcomes()
    eventually(lambda: site.child("posts") is None, "the end of the child", seconds=60)


def test_shares_move_step_by_step(site):
    alice = register(site)
    steps = [[9, 1, 0], [5, 5, 0], [1, 1, 8], [0, 0, 1], [0, 1, 0], [1, 0, 0]]
    with Load(site.address, requests_of(alice)) as load:
        for weights in steps:
            seen = len(load.results)
            move(site, ["plugin:posts", "spawn:posts", site.backend_url()], weights=weights)
            eventually(lambda: len(load.results) > seen + 40, f"load with {weights}", seconds=30)
    assert not load.broken, load.broken[:5]
    assert set(load.outcomes()) == {(200, None), (201, None)}, load.outcomes()
