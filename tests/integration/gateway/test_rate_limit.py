"""Rate limits: the fields that announce them, the refusal, and whom they count."""

import pytest

from harness.client import assert_problem
from harness.site import Site, bare_configuration
from harness.upstream import Upstream
from harness.verifier import authenticator, start_verifier


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    upstream, verifier = Upstream(), start_verifier()
    configuration = bare_configuration(
        services={"backend": {"at": upstream.url}, "verifier": {"at": verifier.url}},
        auth={"session": authenticator()},
        policies={
            "by_ip": {"auth": "none", "rate": {"limit": "5/min", "by": "ip"}},
            "by_user": {"auth": "session", "rate": {"limit": "5/min", "by": "user"}},
        },
        routes=[{"path": "/ip/**", "to": "backend", "use": "by_ip"},
                {"path": "/user/**", "to": "backend", "use": "by_user"},
                {"path": "/free/**", "to": "backend"}])
    # One loop: a local limit is exact when one loop counts; with several the shards share, which the unit tests check.
    with upstream, verifier, Site(tmp_path_factory.mktemp("rate"), configuration) as running:
        yield running


def test_the_sixth_request_of_an_address_is_refused(site):
    client = site.client()
    answers = [client.get("/ip/x") for _ in range(8)]
    assert [one.status for one in answers] == [200] * 5 + [429] * 3
    for one in answers:
        assert one.header("ratelimit-policy"), one.headers
        assert one.header("ratelimit"), one.headers
    assert_problem(answers[-1], 429)
    assert 1 <= int(answers[-1].header("retry-after")) <= 60
    assert answers[-1].header("gatehouse-error") == "rate_limited"


def test_users_are_counted_apart(site):
    one, two = site.client("good-7"), site.client("good-8")
    assert [one.get("/user/x").status for _ in range(6)] == [200] * 5 + [429]
    assert two.get("/user/x").status == 200


def test_other_routes_are_not_limited(site):
    client = site.client()
    assert {client.get("/free/x").status for _ in range(20)} == {200}
