"""Ten thousand requests of junk over real sockets: seeds of the fuzzers, the edge cases, and mutations of both."""

import random
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness import edge_cases
from harness.edge_site import EdgeSite
from harness.gatehouse import REPOSITORY
from harness.wire import RawConnection, exchange

REQUESTS = 10_000
THREADS = 8
SEED = 20240501
BYTES_MAX = 20_000
VALID = [
    b"GET /pub/x HTTP/1.1\r\nHost: gw.test\r\n\r\n",
    b"POST /pub/x HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 5\r\n\r\nhello",
    b"POST /pub/x HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"GET /priv/x HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer good-42\r\nX-User-ID: 1\r\n\r\n",
    b'POST /api/auth/login HTTP/1.1\r\nHost: gw.test\r\nContent-Type: application/json\r\nContent-Length: 33\r\n\r\n'
    b'{"login":"nobody","password":"x"}',
    b"GET /api/posts?limit=5&cursor=abc HTTP/1.1\r\nHost: gw.test\r\n\r\n",
    b"GET /api/users?ids=1,2,3 HTTP/1.1\r\nHost: gw.test\r\nCookie: session=abc\r\n\r\n",
]
SPLICES = [b"\r\n", b"\n", b"\r", b"\0", b":", b" ", b"\t", b"%00", b"%2e%2e/", b"../", b"HTTP/1.1", b"Transfer-Encoding: chunked\r\n",
           b"Content-Length: 99999999999999999999\r\n", b"X_User_Id: 1\r\n", b"Expect: 100-continue\r\n", b"\xff\xfe",
           b"0\r\n\r\n", b"ffffffffffffffff\r\n", b"Connection: close, X-User-ID\r\n", b"GET / HTTP/1.1\r\n\r\n"]
SERVER_ERROR = re.compile(rb"HTTP/1\.1 500 ")


def seeds():
    """Everything there is to start from, long cases cut short: what matters is variety."""
    found = list(VALID)
    found += [edge_cases.expand(case["raw"])[:BYTES_MAX] for case in edge_cases.load()["cases"] if case["raw"]]
    corpus = Path(REPOSITORY, "tests", "fuzz")
    found += [path.read_bytes()[:BYTES_MAX] for path in sorted(corpus.rglob("*")) if path.is_file() and "corpus" in path.parts]
    return found


def mutate(rng, data, others):
    data = bytearray(data)
    for _ in range(rng.randint(0, 5)):
        place = rng.randint(0, len(data))
        kind = rng.randrange(6)
        if kind == 0 and data:
            data[place % len(data)] = rng.randrange(256)
        elif kind == 1:
            data[place:place] = rng.choice(SPLICES)
        elif kind == 2:
            del data[place:place + rng.randint(1, 16)]
        elif kind == 3:
            data[place:place] = data[place:place + rng.randint(1, 64)]
        elif kind == 4:
            data = data[:place]
        else:
            other = rng.choice(others)
            data[place:] = other[rng.randint(0, len(other)):]
    return bytes(data[:BYTES_MAX])


def send_junk(address, data):
    """Sends and half-closes; returns all that came back, b"" if nothing. A connection that stays open is a failure."""
    with RawConnection(address, timeout=20) as connection:
        connection.try_send(data)
        connection.half_close()
        try:
            return connection.read_to_end()
        except (socket.timeout, TimeoutError):
            return None


@pytest.fixture(scope="module")
def edge(tmp_path_factory):
    with EdgeSite(tmp_path_factory.mktemp("junk")) as running:
        yield running


def open_descriptors(edge):
    return len(list(Path(f"/proc/{edge.gateway.pid}/fd").iterdir()))


def test_junk_leaves_the_gateway_serving(edge):
    rng = random.Random(SEED)
    start_from = seeds()
    junk = [mutate(rng, rng.choice(start_from), start_from) for _ in range(REQUESTS)]
    before = open_descriptors(edge)
    with ThreadPoolExecutor(THREADS) as pool:
        for number in range(0, REQUESTS, 500):
            batch = junk[number:number + 500]
            for data, answer in zip(batch, pool.map(lambda one: send_junk(edge.address, one), batch)):
                assert answer is not None, f"left open: {data!r}"
                assert not SERVER_ERROR.search(answer), (data, answer)
            canary = exchange(edge.address, b"GET /pub/canary HTTP/1.1\r\nHost: gw.test\r\n\r\n")
            assert canary.status == 200 and canary.body == b"GET /pub/canary 0"
            assert edge.gateway.is_running()
    assert edge.backend.faults == [], edge.backend.faults[:5]
    for request in edge.backend.recorded():
        if not request.target.startswith("/priv"):
            assert "x-user-id" not in request.folded_names(), request
    edge.gateway.assert_no_sanitizer_report()
    assert open_descriptors(edge) - before < 300
