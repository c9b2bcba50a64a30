"""SIGHUP swaps the routes, a bad file changes nothing, SIGTERM lets what is in flight finish."""

import copy
import signal
import threading

import pytest

from harness.client import assert_problem, eventually
from harness.site import Site, bare_configuration
from harness.upstream import Upstream, answer, echo
from harness.wire import RawConnection


@pytest.fixture()
def upstream():
    with Upstream() as one:
        yield one


@pytest.fixture()
def site(tmp_path, upstream):
    configuration = bare_configuration(
        services={"backend": {"at": upstream.url}}, routes=[{"path": "/one/**", "to": "backend"}])
    with Site(tmp_path, configuration) as running:
        yield running


def reload_with(site, configuration):
    site.write_routes(configuration)
    site.gateway.send_signal(signal.SIGHUP)


def with_second_route(site):
    changed = copy.deepcopy(site.configuration)
    changed["routes"].append({"path": "/two/**", "to": "backend"})
    return changed


def test_a_valid_file_is_taken_over(site):
    client = site.client()
    assert_problem(client.get("/two/x"), 404)
    reload_with(site, with_second_route(site))
    eventually(lambda: client.get("/two/x").status == 200, "the new route")
    client.get("/one/x").expect(200)


@pytest.mark.parametrize("spoil", [
    lambda text: text.replace("to: backend", "to: backedn"),
    lambda text: text + "\nnonsense: true\n",
    lambda text: text[: len(text) // 2],
    lambda text: "routes: [",
    lambda text: "",
], ids=["unknown service", "unknown key", "half a file", "no YAML", "empty"])
def test_an_invalid_file_changes_nothing(site, spoil):
    client = site.client()
    client.get("/one/x").expect(200)
    site.routes_file.write_text(spoil(site.routes_file.read_text()))
    site.gateway.send_signal(signal.SIGHUP)
    metric = "gatehouse_config_last_reload_success"
    eventually(lambda: metric_value(site, metric) == 0, f"{metric} 0")
    client.get("/one/x").expect(200)
    reload_with(site, with_second_route(site))
    eventually(lambda: client.get("/two/x").status == 200, "recovery with a valid file")
    eventually(lambda: metric_value(site, metric) == 1, f"{metric} 1")


def test_a_reload_names_what_takes_a_restart(site):
    changed = with_second_route(site)
    changed["gateway"]["internal"] = {"at": "127.0.0.1:0"}
    changed["gateway"]["assertion_key"] = "file:var/secrets/internal_assertion.key"
    changed["gateway"]["loops"] = 3
    reload_with(site, changed)
    eventually(lambda: '"keys":"internal, loops, assertion_key"' in site.gateway.log(), "the warning")
    assert site.client().get("/two/x").status == 200


def metric_value(site, name):
    for line in site.admin().get("/metrics").expect(200).body.decode().splitlines():
        if line.split("{")[0].split(" ")[0] == name:
            return float(line.rsplit(" ", 1)[1])
    return None


def test_no_request_fails_while_routes_are_swapped(site):
    stop, statuses = threading.Event(), []

    def keep_asking():
        with site.client() as client:
            while not stop.is_set():
                statuses.append(client.get("/one/x").status)

    threads = [threading.Thread(target=keep_asking) for _ in range(4)]
    for thread in threads:
        thread.start()
    client = site.client()
    for round_ in range(10):
        two = round_ % 2 == 0
        reload_with(site, with_second_route(site) if two else site.configuration)
        eventually(lambda expected=200 if two else 404: client.get("/two/x").status == expected, "the swap")
    stop.set()
    for thread in threads:
        thread.join()
    assert set(statuses) == {200}
    assert len(statuses) > 20


def test_a_request_in_flight_finishes_on_sigterm(site, upstream):
    arrived, may_answer = threading.Event(), threading.Event()

    def hold(connection, request):
        connection.read_request_body(request)
        arrived.set()
        may_answer.wait(20)
        connection.send(answer(b"finished"))
    upstream.behave = hold
    with RawConnection(site.address) as connection:
        connection.send(b"GET /one/x HTTP/1.1\r\nHost: gw.test\r\n\r\n")
        assert arrived.wait(5)
        site.gateway.send_signal(signal.SIGTERM)
        eventually(lambda: refuses_connections(site.address), "the listener to close")
        may_answer.set()
        assert connection.read_response().body == b"finished"
        assert connection.is_closed_within(5)
    assert site.gateway.wait_exit() == 0


def refuses_connections(address):
    try:
        RawConnection(address, 1).close()
        return False
    except OSError:
        return True


def test_an_idle_connection_does_not_hold_up_the_end(site):
    with RawConnection(site.address) as idle:
        idle.send(b"GET /one/x HTTP/1.1\r\nHost: gw.test\r\n\r\n")
        assert idle.read_response().status == 200
        site.gateway.send_signal(signal.SIGTERM)
        assert site.gateway.wait_exit(5) == 0
        assert idle.is_closed_within(1)


def test_a_connection_that_never_spoke_holds_up_the_end_for_the_header_timeout_at_most(site):
    with RawConnection(site.address) as silent:
        site.gateway.send_signal(signal.SIGTERM)
        assert site.gateway.wait_exit(10 + 5) == 0
        assert silent.is_closed_within(1)


def test_a_backend_that_restarts_is_used_again(site, upstream):
    client = site.client()
    for behave, expected in ((echo, 200), (lambda *_: False, 502), (echo, 200)):
        upstream.behave = behave
        assert client.post("/one/x", b"x").status == expected
