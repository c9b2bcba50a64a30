"""HTTP/1.1 edge and attack inputs from data/http_edge_cases.json, judged by their oracles: status, what the backend
recorded, the state of the connection, and a canary on another connection."""

import re
import time

import pytest

from harness import edge_cases
from harness.edge_site import EdgeSite
from harness.site import register
from harness.wire import Incomplete, RawConnection, exchange

DATA = edge_cases.load()
CASES = {case["name"]: case for case in DATA["cases"]}


@pytest.fixture(scope="module")
def edge(tmp_path_factory):
    with EdgeSite(tmp_path_factory.mktemp("edge")) as running:
        yield running


@pytest.fixture(scope="module")
def user(edge):
    return register(edge.site, "edge")


def bytes_of(case, user):
    data = edge_cases.expand(case["raw"])
    if case["name"] in edge_cases.NEEDS_A_USER:
        line, _, rest = data.partition(b"\r\n")
        data = line + b"\r\nAuthorization: Bearer " + user.access_token.encode() + b"\r\n" + rest
    return data


def send(connection, data, case):
    if "drip" in case:
        for octet in data:
            connection.send(bytes([octet]))
            time.sleep(0.001)
    else:
        connection.try_send(data)
    action = case.get("action", "")
    if action.startswith("half-close"):
        connection.half_close()


def read_responses(connection, data, count):
    method = data.lstrip(b"\r\n").split(b" ")[0].decode("latin-1")
    return [connection.read_response(method) for _ in range(count)]


def assert_canary(edge, name):
    """A request on a fresh connection gets its own answer."""
    path = f"/pub/canary-{name}"
    response = exchange(edge.address, f"GET {path} HTTP/1.1\r\nHost: gw.test\r\n\r\n".encode())
    assert response.status == 200 and response.body == f"GET {path} 0".encode()


def run_case(edge, case, data):
    """Returns the responses; an empty list when the connection was closed without one."""
    count = case.get("expect_responses", 10_000 if case["name"] == "conn-pipeline-10000" else 1)
    with RawConnection(edge.address, timeout=20) as connection:
        send(connection, data, case)
        action = case.get("action", "")
        if action.startswith("RST"):
            if "100 ms" in action:
                edge.backend.wait_closed(0)
                time.sleep(0.1)
            connection.reset()
            return None
        if not data:
            assert connection.is_closed_within(10), "an idle connection is held open"
            return None
        try:
            responses = read_responses(connection, data, count)
        except Incomplete as end:
            assert not end.received, f"half an answer: {end}"
            assert edge_cases.may_close_without_an_answer(case), "closed without an answer"
            return []
        if edge_cases.must_close(responses[-1].status):
            assert connection.is_closed_within(1), f"open after {responses[-1].status}"
        return responses


def is_of_an_earlier_case(request, began_ms):
    """A request that was cut off may reach the backend late. Its id, a UUIDv7, begins with its time."""
    stamp = (request.value("x-request-id") or "").replace("-", "")[:12]
    return re.fullmatch("[0-9a-f]{12}", stamp) is not None and int(stamp, 16) < began_ms


@pytest.mark.parametrize("name", CASES)
def test_case(edge, user, name):
    case = CASES[name]
    edge.backend.forget()
    began_ms = time.time_ns() // 1_000_000
    responses = run_case(edge, case, bytes_of(case, user))
    edge.settle(edge.backend)
    seen = [request for request in edge.backend.recorded() if not is_of_an_earlier_case(request, began_ms)]
    faults = list(edge.backend.faults)
    assert_canary(edge, name)
    assert faults == []
    if responses:
        statuses = [response.status for response in responses]
        if "accept_status" in case or "expect_responses" not in case:
            assert set(statuses) <= edge_cases.accepted_statuses(case), (statuses, responses[-1])
        assert all(len(response.values("content-length")) <= 1 for response in responses)
    if case.get("upstream"):
        edge_cases.UPSTREAM_CHECKS[case["upstream"]](seen)


def test_every_expectation_has_a_check():
    unknown = {case["upstream"] for case in CASES.values() if case.get("upstream")} - set(edge_cases.UPSTREAM_CHECKS)
    assert unknown == set()
    assert set(edge_cases.NO_WEBSOCKET) <= set(CASES)


def test_versions_are_rewritten(edge):
    edge.backend.forget()
    exchange(edge.address, b"GET /pub/x HTTP/1.0\r\nHost: gw.test\r\n\r\n")
    assert edge.backend.recorded()[0].version == "HTTP/1.1"


def test_descriptors_are_given_back(edge):
    """After all cases, the process holds no more descriptors than it needs for its listeners and pools."""
    import os
    open_now = len(os.listdir(f"/proc/{edge.gateway.pid}/fd"))
    assert open_now < 400, open_now
