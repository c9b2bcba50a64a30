"""A gateway in front of a recording backend and an HTTP verifier; no plugin takes part."""

import pytest

from harness.client import Client
from harness.site import Site, bare_configuration
from harness.upstream import Upstream
from harness.verifier import authenticator, start_verifier


class Stage:
    """A running gateway and what stands behind it."""

    def __init__(self, site, upstream, verifier):
        self.site = site
        self.gateway = site.gateway
        self.upstream = upstream
        self.verifier = verifier

    @property
    def address(self):
        return self.site.address

    def client(self, **kwargs):
        return Client(self.address, **kwargs)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """/open: no auth; /guarded: needs a token; /maybe: a token is optional; /admins: role admin; /old: redirect."""
    upstream, verifier = Upstream(), start_verifier()
    configuration = bare_configuration(
        services={"backend": {"at": upstream.url}, "verifier": {"at": verifier.url}},
        auth={"session": authenticator()},
        policies={
            "default": {"timeout": {"total": "10s", "connect": "1s", "idle": "5s"}},
            "open": {"auth": "none"},
            "maybe": {"auth": {"optional": "session"}},
            "guarded": {"auth": "session"},
            "admins": {"auth": "session", "require": {"roles": ["admin"]}},
        },
        routes=[
            {"path": "/open/**", "to": "backend", "use": "open"},
            {"path": "/plain/**", "to": "backend"},
            {"path": "/maybe/**", "to": "backend", "use": "maybe"},
            {"path": "/guarded/**", "to": "backend", "use": "guarded"},
            {"path": "/admins/**", "to": "backend", "use": "admins"},
            {"path": "/api/v1/**", "to": "backend", "use": "open", "rewrite": "/v1/**"},
            {"path": "/old/**", "redirect": {"to": "/open/**", "status": 308}},
            {"path": "/host/**", "host": "partner.example.com", "to": "backend", "use": "open"},
        ])
    site = Site(tmp_path_factory.mktemp("stage"), configuration)
    with upstream, verifier, site:
        yield Stage(site, upstream, verifier)


@pytest.fixture(autouse=True)
def nothing_malformed_reached_the_backend(request):
    """Each test starts with an empty record and ends without a request that a strict parser would misread."""
    stage = request.getfixturevalue("stage") if "stage" in request.fixturenames else None
    if stage:
        stage.upstream.forget()
        stage.verifier.forget()
    yield
    if stage:
        assert stage.upstream.faults == []
        assert stage.verifier.faults == []
