"""An answer that goes on ends with the access of whoever reads it: the verifier is asked again meanwhile."""

import copy
import signal
import threading
import time

import pytest

from harness.client import Client, eventually
from harness.site import Site, bare_configuration, register, shipped_configuration
from harness.streams import EventStream
from harness.upstream import Upstream, answer
from harness.verifier import authenticator, judge
from harness.wire import Incomplete, RawConnection

RECHECK = "100ms"
LOOKS = 5  # that a stream has to bear, or not


class Verifier(Upstream):
    """Lets everybody in until it is told otherwise."""

    def __init__(self):
        super().__init__(self.answer)
        self.verdict = "allow"

    def answer(self, connection, request):
        if self.verdict == "allow":
            judge(connection, request)
        elif self.verdict == "other roles":
            connection.send(answer(headers=[("X-User-ID", "7"), ("X-User-Name", "name-7"), ("X-User-Roles", "guest"),
                                            ("X-Session-ID", "s-7")]))
        elif self.verdict == "fail":
            connection.send(answer(b"", 500, b"Trouble"))
        else:
            connection.send(answer(b"", 401, b"Unauthorized"))


def stream(connection, request):
    """Begins an answer and goes on with it until its reader has gone: without a length below /stream."""
    has_length = not request.target.startswith("/stream")
    framing = b"Content-Length: 1000000" if has_length else b"Transfer-Encoding: chunked"
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + framing + b"\r\n\r\n")
    for _ in range(3000):
        connection.send(b": on\n\n" if has_length else b"6\r\n: on\n\n\r\n")
        time.sleep(0.01)
    return False


class Stage:
    def __init__(self, folder, recheck=RECHECK):
        self.verifier, self.upstream = Verifier(), Upstream(stream)
        self.readers = []
        entry = {**authenticator(), "recheck": recheck}
        self.site = Site(folder, bare_configuration(
            services={"backend": {"at": self.upstream.url}, "verifier": {"at": self.verifier.url}},
            auth={"session": entry},
            policies={"guarded": {"auth": "session"}, "maybe": {"auth": {"optional": "session"}}},
            routes=[{"path": "/stream/**", "to": "backend", "use": "guarded"},
                    {"path": "/file/**", "to": "backend", "use": "guarded"},
                    {"path": "/stream/maybe", "to": "backend", "use": "maybe"}]))

    def __enter__(self):
        self.verifier.__enter__()
        self.upstream.__enter__()
        self.site.__enter__()
        return self

    def __exit__(self, *all_of_it):
        for reader in self.readers:
            reader.connection.close()
        self.site.__exit__(*all_of_it)
        self.upstream.__exit__(*all_of_it)
        self.verifier.__exit__(*all_of_it)


@pytest.fixture()
def stage(tmp_path):
    with Stage(tmp_path) as one:
        yield one


class Reader:
    """Reads a stream in the background; `ended` once it was cut off."""

    def __init__(self, stage, path="/stream/x", token="good-7"):
        self.connection = RawConnection(stage.site.address)
        credentials = f"Authorization: Bearer {token}\r\n" if token else ""
        self.connection.send(f"GET {path} HTTP/1.1\r\nHost: gw.test\r\n{credentials}\r\n".encode())
        head = self.connection.read_until(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), head
        self.ended = threading.Event()
        stage.readers.append(self)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            while self.connection.read_until(b"\n\n"):
                pass
        except (Incomplete, OSError):
            self.ended.set()


def wait_for_looks(stage):
    before = len(stage.verifier.recorded())
    eventually(lambda: len(stage.verifier.recorded()) >= before + LOOKS, "the verifier is asked again")


@pytest.mark.parametrize("verdict", ["deny", "other roles"])
def test_a_stream_ends_when_its_reader_would_not_be_let_in_as_before(stage, verdict):
    reader = Reader(stage)
    wait_for_looks(stage)
    assert not reader.ended.is_set()
    stage.verifier.verdict = verdict
    assert reader.ended.wait(10), "the stream goes on"
    assert stage.upstream.wait_closed(1), "the backend still writes"
    eventually(lambda: '"reason":"access_ended"' in stage.site.gateway.log(), "the access log tells")


def test_a_stream_goes_on_while_its_verifier_is_in_trouble(stage):
    reader = Reader(stage)
    stage.verifier.verdict = "fail"
    wait_for_looks(stage)
    assert not reader.ended.is_set()
    stage.verifier.verdict = "deny"
    assert reader.ended.wait(10)


def test_an_anonymous_reader_has_nothing_to_lose(stage):
    anonymous, reader = Reader(stage, "/stream/maybe", token=None), Reader(stage)
    stage.verifier.verdict = "deny"
    assert reader.ended.wait(10)
    assert not anonymous.ended.is_set()


def test_an_answer_with_a_length_is_finished(stage):
    download, reader = Reader(stage, "/file/x"), Reader(stage)
    stage.verifier.verdict = "deny"
    assert reader.ended.wait(10)
    assert not download.ended.is_set()


def test_nobody_is_asked_again_where_the_configuration_says_so(tmp_path):
    with Stage(tmp_path, recheck="none") as stage:
        reader = Reader(stage)
        stage.verifier.verdict = "deny"
        with Client(stage.site.address, token="good-7") as client:
            for _ in range(LOOKS):
                assert client.get("/stream/x").status == 401
        assert not reader.ended.is_set()
        assert len(stage.verifier.recorded()) == 1 + LOOKS


def test_the_configuration_in_force_decides(stage):
    """Of two readers that came by earlier routes, the one whose route is still there stays."""
    stays, leaves = Reader(stage, "/stream/x"), Reader(stage, "/stream/deep/y")
    changed = copy.deepcopy(stage.site.configuration)
    changed["routes"][0]["path"] = "/stream/x"
    stage.site.write_routes(changed)
    stage.site.gateway.send_signal(signal.SIGHUP)
    assert leaves.ended.wait(10)
    assert not stays.ended.is_set()


def test_a_stream_ends_with_the_token_that_has_opened_it(tmp_path):
    configuration = shipped_configuration()
    configuration["services"]["auth"]["config"]["access_lifetime"] = "10s"
    with Site(tmp_path, configuration) as site:
        reader = register(site, "reader")
        first = EventStream(site.address, "/api/newsfeed/live", reader.access_token)
        first.wait_for_end()
        assert reader.client.get("/api/newsfeed").status == 401
        fresh = reader.client.post("/api/auth/refresh", {"refresh_token": reader.refresh_token}).expect(200).json()
        assert not EventStream(site.address, "/api/newsfeed/live", fresh["access_token"]).has_ended()
