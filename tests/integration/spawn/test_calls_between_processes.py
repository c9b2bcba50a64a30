"""Services in other processes call each other through the gateway's internal listener."""

import socket

import pytest

from harness.client import Client
from harness.gatehouse import PLUGINS, Server
from harness.site import Site, bare_configuration, register, shipped_configuration, spawn_everything
from harness.wire import RawConnection


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def close_account(user):
    """users asks auth to close the account, by a route that only services reach."""
    user.client.get("/api/users/me").expect(200)
    user.client.delete("/api/users/me").expect(204)
    user.client.get("/api/auth/me").expect(401)


@pytest.fixture()
def internal():
    return f"127.0.0.1:{free_port()}"


def test_every_service_in_a_child_of_its_own(tmp_path):
    configuration = shipped_configuration()
    spawn_everything(configuration)
    with Site(tmp_path, configuration) as site:
        user = register(site)
        close_account(user)


def test_a_service_elsewhere_calls_by_the_internal_listener(tmp_path, internal):
    configuration = shipped_configuration()
    configuration["gateway"]["internal"] = {"at": internal}
    with Site(tmp_path, configuration) as site:
        backend = Server("users", ["serve", PLUGINS / "users.so", "--listen", "127.0.0.1:0",
                                   "--assertion-key", "file:var/secrets/internal_assertion.key",
                                   "--gateway", f"http://{internal}",
                                   "--config", '{"cursor_key": "file:var/secrets/cursor.key"}'], tmp_path).start()
        site.backend = backend
        site.configuration["services"]["users"] = {"at": f"http://{backend.address}", "served": True}
        site.write_routes()
        assert site.admin().post("/reload").expect(200).json()["reloaded"]
        user = register(site)
        close_account(user)


@pytest.mark.parametrize("headers", [
    {}, {"X-Gatehouse-Service": "users"},
    {"X-Gatehouse-Service": "users", "X-Gatehouse-Assertion": "v1.e30.e30"},
    {"X-Gatehouse-Service": "users", "X-User-ID": "1", "X-User-Roles": "admin"},
], ids=["nothing", "no assertion", "a bad assertion", "a claim"])
def test_nobody_calls_there_without_the_key(tmp_path, internal, headers):
    configuration = shipped_configuration()
    configuration["gateway"]["internal"] = {"at": internal}
    with Site(tmp_path, configuration):
        with Client(internal) as stranger:
            answer = stranger.get("/api/users/1", headers=headers).expect(401)
            assert answer.header("gatehouse-error") == "unauthenticated"


def test_a_service_elsewhere_needs_a_key_to_call(tmp_path):
    server = Server("posts", ["serve", PLUGINS / "posts.so", "--listen", "127.0.0.1:0", "--gateway", "http://127.0.0.1:1"],
                    tmp_path)
    with pytest.raises(AssertionError, match="needs an assertion key"):
        server.start()


@pytest.mark.parametrize("sent, status", [
    ("POST / HTTP/1.1\r\nHost: g\r\nContent-Length: 16777217\r\n\r\n", 413),
    ("POST / HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n1000001\r\n", 413),
    ("POST / HTTP/1.1\r\nHost: g\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: g\r\nX-Gatehouse-Service: a\r\n b\r\n\r\n", 400),
    ("hello\r\n\r\n", 400),
], ids=["too long", "too large a chunk", "two lengths", "a folded name", "no HTTP"])
def test_what_is_too_large_or_malformed_is_refused_before_anybody_is_asked(tmp_path, internal, sent, status):
    configuration = bare_configuration(
        {"posts": "http://127.0.0.1:1"}, [{"path": "/**", "to": "posts"}],
        gateway={"internal": {"at": internal}, "assertion_key": "file:var/secrets/internal_assertion.key"})
    with Site(tmp_path, configuration), RawConnection(internal) as stranger:
        stranger.send(sent.encode())
        assert stranger.read_response().status == status
