"""Backends that refuse, hang, or are slower than they may be: the right status, the right reason, in time."""

import socket
import time

import pytest

from harness.client import assert_problem
from harness.site import Site, bare_configuration
from harness.upstream import Upstream, answer


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """refused: nobody listens; hung: accepts and says nothing; slow: answers in time; tight: a pool of one."""
    refused = socket.socket()
    refused.bind(("127.0.0.1", 0))  # bound and never listening: nobody else takes the port, and every connect fails

    def never(connection, request):
        connection.is_closed_within(20)
        return False

    def after_a_while(connection, request):
        connection.read_request_body(request)
        time.sleep(0.3)
        connection.send(answer(b"late but fine"))

    hung, slow = Upstream(never), Upstream(after_a_while)
    configuration = bare_configuration(
        services={
            "refused": {"at": f"http://127.0.0.1:{refused.getsockname()[1]}"},
            "hung": {"at": hung.url},
            "slow": {"at": slow.url},
            "tight": {"at": hung.url, "pool": {"connections": 1, "queue": 1, "queue_timeout": "200ms"}},
        },
        policies={"default": {"timeout": {"total": "1s", "connect": "300ms", "idle": "5s"}}},
        routes=[{"path": f"/{name}/**", "to": name, "name": name} for name in ("refused", "hung", "slow", "tight")])
    with hung, slow, Site(tmp_path_factory.mktemp("failures"), configuration) as running:
        yield running
    refused.close()


def timed(client, path):
    start = time.monotonic()
    return client.get(path), time.monotonic() - start


def test_nobody_listening(site):
    answer_, seconds = timed(site.client(), "/refused/x")
    assert_problem(answer_, (502, 503))
    assert answer_.header("gatehouse-error") in ("connect_failed", "no_healthy_endpoint")
    assert seconds < 1


def test_no_answer_in_time_is_504(site):
    answer_, seconds = timed(site.client(), "/hung/x")
    assert_problem(answer_, 504)
    assert answer_.header("gatehouse-error") == "upstream_timeout"
    assert 0.8 < seconds < 2


def test_slow_but_in_time_is_an_answer(site):
    assert site.client().get("/slow/x").expect(200).body == b"late but fine"


def test_a_full_queue_sheds_with_503(site):
    from concurrent.futures import ThreadPoolExecutor

    def ask(_):
        with site.client() as client:
            return client.get("/tight/x")

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, range(16)))
    shed = [one for one in answers if one.status == 503]
    assert shed and {one.status for one in answers} <= {503, 504}
    for one in shed:
        assert_problem(one, 503)
        assert one.header("gatehouse-error") in ("queue_full", "queue_timeout")


def test_a_failing_service_does_not_disturb_another(site):
    slow = site.client()
    for _ in range(5):
        site.client().get("/refused/x")
        slow.get("/slow/x").expect(200)
