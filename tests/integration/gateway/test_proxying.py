"""Proxying: what reaches the backend, what comes back, and what happens when one side misbehaves."""

import re
import socket
import threading
import time

import pytest

from harness.client import assert_problem
from harness.upstream import answer, echo
from harness.wire import Incomplete, RawConnection, exchange

UUID7 = re.compile(r"^[0-9a-f]{8}-?[0-9a-f]{4}-?7[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$")


@pytest.fixture()
def behave(stage):
    """Sets how the backend answers in this test: behave(function(connection, request))."""
    def use(function):
        stage.upstream.behave = function
    yield use
    stage.upstream.behave = echo


def test_the_request_arrives_in_canonical_form(stage):
    client = stage.client()
    client.get("/open/a/./b/../c//d?x=%7e&y=//", headers={"X-Kept": "1", "Connection": "close, X-Hop", "X-Hop": "1",
                                                        "Keep-Alive": "timeout=5", "TE": "trailers"}).expect(200)
    seen, = stage.upstream.recorded()
    assert seen.target == "/open/a/c/d?x=%7e&y=//"
    assert seen.version == "HTTP/1.1"
    assert seen.value("x-kept") == "1"
    for name in ("x-hop", "keep-alive", "te", "proxy-connection"):
        assert seen.value(name) is None
    assert seen.value("x-forwarded-for") == "127.0.0.1"
    assert seen.value("x-forwarded-proto") == "http"
    assert seen.value("via")
    assert UUID7.match(seen.value("x-request-id"))
    assert re.match(r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$", seen.value("traceparent"))


def test_forwarding_fields_of_an_untrusted_client_are_replaced(stage):
    stage.client().get("/open/x", headers={
        "X-Forwarded-For": "10.9.9.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil", "X-Real-IP": "10.9.9.9",
        "Forwarded": "for=10.9.9.9", "X-Request-ID": "mine", "X_Forwarded_For": "10.9.9.9"}).expect(200)
    seen, = stage.upstream.recorded()
    assert b"10.9.9.9" not in seen.raw_head and b"evil" not in seen.raw_head
    assert seen.value("x-request-id") != "mine"


def test_rewrite_and_redirect(stage):
    client = stage.client()
    client.get("/api/v1/things/7?full=1").expect(200)
    assert stage.upstream.recorded()[0].target == "/v1/things/7?full=1"
    moved = client.get("/old/a/b?c=d").expect(308)
    assert moved.header("location") in ("/open/a/b?c=d", f"http://{stage.address}/open/a/b?c=d")


def test_host_routes(stage):
    client = stage.client()
    client.get("/host/x", headers={"Host": "partner.example.com:80"}).expect(200)
    assert_problem(client.get("/host/x"), 404)


def test_no_route_is_404_with_a_reason(stage):
    answer_ = stage.client().get("/nowhere")
    assert_problem(answer_, 404)
    assert answer_.header("gatehouse-error") == "no_route"


# ---- bodies ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("size", [0, 1, 100, 65_536, 3_000_000])
def test_bodies_with_a_length_pass_both_ways(stage, behave, size):
    def mirror(connection, request):
        connection.read_request_body(request)
        connection.send(answer(request.body))
    behave(mirror)
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    assert stage.client().post("/open/x", body).expect(200).body == body


def chunked(parts):
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def test_chunks_pass_both_ways(stage, behave):
    def mirror(connection, request):
        connection.read_request_body(request)
        connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked([request.body[:3], request.body[3:]]))
    behave(mirror)
    head = b"POST /open/x HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding: chunked\r\n\r\n"
    response = exchange(stage.address, head + chunked([b"hello", b" ", b"world" * 10_000]))
    assert response.status == 200 and response.body == b"hello " + b"world" * 10_000


def test_a_chunk_is_passed_on_before_the_next_one_comes(stage, behave):
    first_has_come, second_may_go = threading.Event(), threading.Event()

    def slowly(connection, request):
        connection.read_request_body(request)
        connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        assert second_may_go.wait(10)
        connection.send(b"6\r\nsecond\r\n0\r\n\r\n")
    behave(slowly)
    with RawConnection(stage.address) as connection:
        connection.send(b"GET /open/x HTTP/1.1\r\nHost: gw.test\r\n\r\n")
        connection.read_until(b"first")
        first_has_come.set()
        second_may_go.set()
        connection.read_until(b"second")
        connection.read_until(b"0\r\n\r\n")


def test_an_http_1_0_client_gets_no_chunks(stage, behave):
    behave(lambda connection, request: connection.send(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked([b"hello"])))
    response = exchange(stage.address, b"GET /open/x HTTP/1.0\r\nHost: gw.test\r\n\r\n")
    assert response.body == b"hello" and not response.values("transfer-encoding")


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * 4096


def test_a_download_that_nobody_reads_stops_the_backend(stage, behave):
    total, sent = 200 * 1024 * 1024, [0]

    def pour(connection, request):
        connection.read_request_body(request)
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % total)
        block = b"x" * 65536
        connection.socket.settimeout(1.5)
        try:
            while sent[0] < total:
                connection.send(block)
                sent[0] += len(block)
        except (socket.timeout, TimeoutError):
            return False
    behave(pour)
    before = resident_bytes(stage.gateway.pid)
    with RawConnection(stage.address) as connection:
        connection.send(b"GET /open/x HTTP/1.1\r\nHost: gw.test\r\n\r\n")
        connection.read_until(b"\r\n\r\n")
        assert stage.upstream.wait_closed(stage.upstream.closed + 1)
    assert sent[0] < 40 * 1024 * 1024, "the backend could send on: no back-pressure"
    assert resident_bytes(stage.gateway.pid) - before < 32 * 1024 * 1024


def test_an_upload_that_nobody_reads_stops_the_client(stage, behave):
    release = threading.Event()

    def stall(connection, request):
        release.wait(20)
        return False
    behave(stall)
    body_bytes = 9 * 1024 * 1024
    head = b"POST /open/x HTTP/1.1\r\nHost: gw.test\r\nContent-Length: %d\r\n\r\n" % body_bytes
    before = resident_bytes(stage.gateway.pid)
    try:
        with RawConnection(stage.address) as connection:
            connection.socket.settimeout(1.0)
            connection.send(head)
            try:
                for _ in range(body_bytes // 65536):
                    connection.send(b"x" * 65536)
            except (socket.timeout, TimeoutError):
                pass
            assert resident_bytes(stage.gateway.pid) - before < 6 * 1024 * 1024
    finally:
        release.set()


def test_a_body_over_the_limit_is_413_and_closes(stage):
    with RawConnection(stage.address) as connection:
        connection.send(b"POST /open/x HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 20000000\r\n\r\n")
        assert connection.read_response().status == 413
        assert connection.is_closed_within(2)
    assert stage.upstream.recorded() == []


def test_a_client_that_sends_all_of_a_body_over_the_limit_reads_the_refusal(stage):
    with RawConnection(stage.address) as connection:
        connection.send(b"POST /open/x HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 30000000\r\n\r\n")
        for _ in range(30):
            connection.send(b"x" * 1_000_000)
        assert connection.read_response().status == 413
    assert stage.upstream.recorded() == []


# ---- Expect ----------------------------------------------------------------------------------------------------------

def test_100_continue_comes_before_the_body_is_sent(stage):
    with RawConnection(stage.address) as connection:
        connection.send(b"POST /open/x HTTP/1.1\r\nHost: gw.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        assert connection.read_response(skip_informational=False).status == 100
        connection.send(b"hello")
        assert connection.read_response().body == b"POST /open/x 5"
    assert stage.upstream.recorded()[0].value("expect") is None


def test_100_continue_is_not_said_to_the_unauthorised(stage):
    with RawConnection(stage.address) as connection:
        connection.send(b"POST /guarded/x HTTP/1.1\r\nHost: gw.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        assert connection.read_response(skip_informational=False).status == 401


# ---- connections -----------------------------------------------------------------------------------------------------

def test_connections_are_kept_on_both_sides(stage):
    before = stage.upstream.accepted
    with RawConnection(stage.address) as connection:
        for number in range(20):
            connection.send(b"GET /open/%d HTTP/1.1\r\nHost: gw.test\r\n\r\n" % number)
            assert connection.read_response().body == b"GET /open/%d 0" % number
    assert stage.upstream.accepted - before <= 1


def test_pipelined_requests_are_answered_in_order(stage):
    count = 50
    with RawConnection(stage.address) as connection:
        connection.send(b"".join(b"GET /open/%d HTTP/1.1\r\nHost: gw.test\r\n\r\n" % n for n in range(count)))
        assert [connection.read_response().body for _ in range(count)] == [b"GET /open/%d 0" % n for n in range(count)]


def test_close_is_honoured(stage):
    with RawConnection(stage.address) as connection:
        connection.send(b"GET /open/x HTTP/1.1\r\nHost: gw.test\r\nConnection: close\r\n\r\n")
        response = connection.read_response()
        assert [value.lower() for value in response.values("connection")] == [b"close"]
        assert connection.is_closed_within(2)


def test_a_kept_connection_that_the_backend_closed_is_replaced(stage, behave):
    closing = {"next": False}

    def answer_and_close(connection, request):
        echo(connection, request)
        return not closing["next"]
    behave(answer_and_close)
    client = stage.client()
    for number in range(10):
        closing["next"] = number % 2 == 0
        client.get(f"/open/{number}").expect(200)


def test_a_client_that_goes_away_cancels_the_backend_request(stage, behave):
    arrived = threading.Event()
    gone = threading.Event()

    def wait_for_the_end(connection, request):
        connection.read_request_body(request)
        arrived.set()
        if connection.is_closed_within(8):
            gone.set()
        return False
    behave(wait_for_the_end)
    connection = RawConnection(stage.address)
    connection.send(b"GET /open/x HTTP/1.1\r\nHost: gw.test\r\n\r\n")
    assert arrived.wait(5)
    connection.reset()
    assert gone.wait(5), "the gateway kept waiting for a client that is gone"


# ---- a backend that fails --------------------------------------------------------------------------------------------

def test_a_backend_that_dies_before_answering_is_502(stage, behave):
    behave(lambda connection, request: False)
    answer_ = stage.client().post("/open/x", b"not to be repeated")
    assert_problem(answer_, 502)
    assert answer_.header("gatehouse-error") == "upstream_reset"
    assert len(stage.upstream.recorded()) == 1


def test_a_backend_that_dies_in_the_body_is_seen_as_truncation(stage, behave):
    def half(connection, request):
        connection.read_request_body(request)
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 500)
        return False
    behave(half)
    with RawConnection(stage.address) as connection:
        connection.send(b"GET /open/x HTTP/1.1\r\nHost: gw.test\r\n\r\n")
        with pytest.raises(Incomplete):
            connection.read_response()
    assert len(stage.upstream.recorded()) == 1


def test_the_gateway_serves_on_after_all_this(stage):
    assert stage.client().get("/open/still").expect(200).body == b"GET /open/still 0"
    assert time.monotonic() > 0 and stage.gateway.is_running()
