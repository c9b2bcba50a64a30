"""A backend that records every byte it is sent. It parses strictly: what it could misread, it reports."""

import socket
import threading
import time

from .wire import Incomplete, RawConnection, parse_head


class Recorded:
    """One request as it arrived."""

    def __init__(self, head, number):
        self.raw_head = head
        self.connection = number
        line, self.headers = parse_head(head)
        self.method, self.target, self.version = (part.decode("latin-1") for part in line.split(b" "))
        self.body = b""
        self.trailers = b""
        self.complete = False

    def values(self, name):
        return [value.decode("latin-1") for key, value in self.headers if key.lower() == name.lower().encode()]

    def value(self, name):
        values = self.values(name)
        assert len(values) <= 1, f"{name} arrived {len(values)} times: {values}"
        return values[0] if values else None

    def folded_names(self):
        return [key.decode("latin-1").lower().replace("_", "-").replace(".", "-") for key, _ in self.headers]

    def __repr__(self):
        return f"Recorded({self.raw_head!r}, body={self.body[:80]!r}, complete={self.complete})"


class ServerConnection(RawConnection):
    def __init__(self, accepted, timeout):  # pylint: disable=super-init-not-called
        self.socket, self.buffer = accepted, b""
        accepted.settimeout(timeout)
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read_request_body(self, request):
        """Reads the body by the request's framing; keeps trailers apart."""
        if "chunked" in (request.value("transfer-encoding") or ""):
            assert request.value("content-length") is None, "both framings"
            while size := int(self.read_until(b"\r\n"), 16):
                request.body += self.read_exactly(size)
                assert self.read_exactly(2) == b"\r\n"
            while (line := self.read_until(b"\r\n")) != b"\r\n":
                request.trailers += line
        elif request.value("content-length"):
            length = int(request.value("content-length"))
            while len(request.body) < length:
                if not self.buffer and not self._fill():
                    raise Incomplete(request.body)
                take = min(length - len(request.body), len(self.buffer))
                request.body, self.buffer = request.body + self.buffer[:take], self.buffer[take:]
        request.complete = True


def answer(body=b"", status=200, reason=b"OK", headers=()):
    """The bytes of a response with Content-Length."""
    head = [b"HTTP/1.1 %d %s" % (status, reason), b"Content-Length: %d" % len(body)]
    head += [name.encode() + b": " + value.encode() for name, value in headers]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def echo(connection, request):
    """Default behaviour: reads the body, answers with the target, so that a mixed-up answer is noticed."""
    connection.read_request_body(request)
    body = b"" if request.method == "HEAD" else f"{request.method} {request.target} {len(request.body)}".encode()
    connection.send(answer(body))


class Upstream:
    """Serves on a free loopback port. behave(connection, request) answers; raising or returning False closes."""

    def __init__(self, behave=echo, timeout=30, receive_buffer=None):
        self.behave = behave
        self.timeout = timeout
        self.requests = []
        self.faults = []  # what a strict parser refused: must stay empty
        self.closed = 0   # connections whose peer has gone
        self.accepted = 0
        self._lock = threading.Lock()
        self._open = set()
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if receive_buffer:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(512)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self):
        return self._listener.getsockname()[1]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def _accept(self):
        while True:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.accepted += 1
                number = self.accepted
                self._open.add(accepted)
            threading.Thread(target=self._serve, args=(accepted, number), daemon=True).start()

    def _serve(self, accepted, number):
        connection = ServerConnection(accepted, self.timeout)
        try:
            while True:
                try:
                    head = connection.read_until(b"\r\n\r\n")
                except Incomplete as end:
                    if end.received:
                        self.faults.append(f"bytes that are no request: {end.received!r}")
                    return
                request = Recorded(head, number)
                with self._lock:
                    self.requests.append(request)
                if self.behave(connection, request) is False:
                    return
        except (AssertionError, ValueError) as fault:
            self.faults.append(repr(fault))
        except (Incomplete, OSError):
            pass  # the gateway gave up on this request: `complete` tells
        finally:
            with self._lock:
                self.closed += 1
                self._open.discard(accepted)
            accepted.close()

    def forget(self):
        """Forgets what was recorded."""
        with self._lock:
            self.requests.clear()
            self.faults.clear()

    def recorded(self, contains=""):
        """What clients have caused; the gateway itself asks backends under /gatehouse/ which events they want."""
        with self._lock:
            return [request for request in self.requests
                    if contains in request.target and not request.target.startswith("/gatehouse/")]

    def wait_closed(self, count, seconds=10):
        """Whether at least `count` connections have been closed by the other side in time."""
        deadline = time.monotonic() + seconds
        while self.closed < count:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def stop(self):
        # shutdown() wakes the accepting thread; close() alone would leave the port bound while it blocks.
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()
        with self._lock:
            still_open = list(self._open)
        for accepted in still_open:
            try:
                accepted.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
