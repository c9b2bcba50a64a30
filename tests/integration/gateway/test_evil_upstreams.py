"""Malformed, truncated and poisoned answers of a backend or verifier, from data/http_edge_cases.json."""

import pytest

from harness import edge_cases
from harness.edge_site import EdgeSite
from harness.wire import Incomplete, RawConnection, exchange

DATA = edge_cases.load()
CASES = {case["name"]: {**case, "bytes": edge_cases.expand(case["raw_response"])} for case in DATA["upstream_responses"]}
BACKEND_CASES = [name for name, case in CASES.items() if case.get("role") != "auth service"]
VERIFIER_CASES = [name for name, case in CASES.items() if case.get("role") == "auth service"]


@pytest.fixture(scope="module")
def edge(tmp_path_factory):
    with EdgeSite(tmp_path_factory.mktemp("evil"), CASES) as running:
        yield running


def ask(edge, path, method="GET"):
    """The response, or None when the answer was visibly cut off."""
    try:
        return exchange(edge.address, f"{method} {path} HTTP/1.1\r\nHost: gw.test\r\n\r\n".encode(), method)
    except Incomplete:
        return None


def assert_not_poisoned(edge):
    """What the evil answer left behind answers nobody: neither the same backend's next requests nor other routes."""
    for number in range(3):
        path = f"/evil/{number}/good"
        response = ask(edge, path)
        assert response.status == 200 and response.body == f"good {path}".encode(), response
    assert ask(edge, "/pub/canary").body == b"GET /pub/canary 0"


def is_502(response):
    return response is not None and response.status == 502


def forwarded(response, body):
    return response is not None and response.status == 200 and response.body == body


def no_fold(response):
    return response is not None and response.status == 200 and response.values("x-a") in ([b"b c"], [b"b  c"])


JUDGES = {
    "502": is_502,
    "502-or-TE-wins-and-close-upstream": lambda response: is_502(response) or forwarded(response, b""),
    "abort-downstream": lambda response: response is None or response.status in (502, 504),
    "forward": lambda response: forwarded(response, b"hello"),
    "forward-first-close-upstream": lambda response: forwarded(response, b"hello"),
    "forward-no-body-close-upstream": lambda response: response is not None and response.body == b"",
    "502-or-SP": lambda response: is_502(response) or no_fold(response),
    "strip-space-or-502": lambda response: is_502(response) or (response is not None and response.values("x-a") == [b"b"]),
    "502-or-close": lambda response: response is None or is_502(response),
    "strip": lambda response: response is not None and response.status == 200
    and not response.values("x-int") and not response.values("keep-alive") and not response.values("x-user-id"),
}


@pytest.mark.parametrize("name", BACKEND_CASES)
def test_backend_case(edge, name):
    case = CASES[name]
    response = ask(edge, f"/evil/{name}", case.get("request", "GET"))
    assert JUDGES[case["expected"]](response), response
    assert_not_poisoned(edge)


@pytest.mark.parametrize("name", VERIFIER_CASES)
def test_verifier_case(edge, name):
    edge.backend.forget()
    with RawConnection(edge.address) as connection:
        connection.send(f"GET /as/{name}/x HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer t\r\n\r\n".encode())
        response = connection.read_response()
    expected = CASES[name]["expected"]
    if expected == "forward-302":
        assert response.status == 302
        assert response.values("location") == [b"http://169.254.169.254/"]
    else:
        # Ambiguous or missing permission is no permission; 502 and 503 both say that it is not the client's fault.
        assert response.status in ({502, 503} if expected == "reject-502" else {503}), response
    assert edge.backend.recorded() == []
    assert_not_poisoned(edge)
