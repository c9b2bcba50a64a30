"""An HTTP client for API tests: keep-alive, JSON, and the assertions that every answer has to bear."""

import http.client
import json
import socket
import time


class Answer:
    """One response: status, header pairs as sent, and the body's bytes."""

    def __init__(self, status, headers, body, version=11):
        self.status = status
        self.headers = headers
        self.body = body
        self.version = version

    def header(self, name):
        """The one value of a field; None when absent. Several are a test failure: nothing here sends lists."""
        values = self.header_values(name)
        assert len(values) <= 1, f"{name} appears {len(values)} times: {values}"
        return values[0] if values else None

    def header_values(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def json(self):
        return json.loads(self.body)

    def expect(self, status):
        """Returns itself when the status is as expected."""
        expected = status if isinstance(status, (tuple, set, list)) else (status,)
        assert self.status in expected, f"expected {status}, got {self.status}: {self.headers} {self.body[:2000]!r}"
        return self

    def __repr__(self):
        return f"Answer({self.status}, {self.body[:200]!r})"


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Client:
    """One keep-alive connection to "HOST:PORT" or "unix:PATH". Not for several threads: make one each."""

    def __init__(self, address, token=None, headers=None, timeout=30):
        self.address = address
        self.token = token
        self.headers = dict(headers or {})
        self.timeout = timeout
        self._connection = None

    def _connect(self):
        if self.address.startswith("unix:"):
            return UnixConnection(self.address[5:], self.timeout)
        host, _, port = self.address.rpartition(":")
        return http.client.HTTPConnection(host, int(port), timeout=self.timeout)

    def request(self, method, path, body=None, headers=None, token=None, **kwargs):
        """body: bytes or str as they are; anything else is sent as JSON."""
        fields = {**self.headers, **(headers or {})}
        token = token or self.token
        if token:
            fields.setdefault("Authorization", f"Bearer {token}")
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            fields.setdefault("Content-Type", "application/json")
        if isinstance(body, str):
            body = body.encode()
        if body is None and method in ("POST", "PUT", "PATCH"):
            fields.setdefault("Content-Length", "0")
        for attempt in (1, 2):
            fresh = self._connection is None
            if fresh:
                self._connection = self._connect()
            try:
                self._connection.request(method, path, body=body, headers=fields, **kwargs)
                response = self._connection.getresponse()
                content = response.read()
                if response.will_close:
                    self.close()
                return Answer(response.status, response.getheaders(), content, response.version)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.close()
                if fresh or attempt == 2:  # an idle connection may be closed under us once, a fresh one may not
                    raise

    def head_of(self, method, path, headers=None):
        """The answer without its body, over a connection of its own: for bodies that have no end."""
        connection = self._connect()
        try:
            connection.request(method, path, headers={**self.headers, **(headers or {})})
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), b"", response.version)
        finally:
            connection.close()

    def get(self, path, **kwargs):
        return self.request("GET", path, **kwargs)

    def post(self, path, body=None, **kwargs):
        return self.request("POST", path, body, **kwargs)

    def put(self, path, body=None, **kwargs):
        return self.request("PUT", path, body, **kwargs)

    def patch(self, path, body=None, **kwargs):
        return self.request("PATCH", path, body, **kwargs)

    def delete(self, path, **kwargs):
        return self.request("DELETE", path, **kwargs)

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def assert_problem(answer, status, pointer=None, parameter=None):
    """RFC 9457, complete, without internal texts; `pointer` names the bad member of the body."""
    answer.expect(status)
    assert (answer.header("content-type") or "").split(";")[0] == "application/problem+json", answer.headers
    problem = answer.json()
    assert problem["status"] == answer.status
    assert problem.get("title"), problem
    text = answer.body.decode().lower()
    for internal in ("sqlite", "postgres", "exception", "select ", "insert ", "/build/", ".cpp"):
        assert internal not in text, problem
    if pointer is not None:
        assert pointer in [error.get("pointer") for error in problem.get("errors", [])], problem
    if parameter is not None:
        assert parameter in [error.get("parameter") for error in problem.get("errors", [])], problem
    if answer.status == 401:
        assert answer.header("www-authenticate"), answer.headers
    if answer.status in (429, 503):
        assert answer.header("retry-after"), answer.headers
    return problem


def eventually(check, what="condition", seconds=10, every=0.02):
    """The first true result of check(), polled: for effects that arrive through an event."""
    deadline = time.monotonic() + seconds
    while True:
        result = check()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {seconds} s")
        time.sleep(every)
