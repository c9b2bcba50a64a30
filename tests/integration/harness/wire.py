"""HTTP/1.1 as bytes, for tests that send what no client library would and look at what comes back."""

import socket
import struct


class Incomplete(Exception):
    """The peer closed before the message was complete; `received` is what came."""

    def __init__(self, received):
        super().__init__(f"closed after {len(received)} bytes: {received[-200:]!r}")
        self.received = received


class RawResponse:
    def __init__(self, status, reason, version, headers, body):
        self.status, self.reason, self.version, self.headers, self.body = status, reason, version, headers, body

    def values(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower().encode()]

    def __repr__(self):
        return f"RawResponse({self.status}, {self.headers}, {self.body[:100]!r})"


class RawConnection:
    """A TCP connection with an unread buffer."""

    def __init__(self, address, timeout=10):
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def send(self, data):
        self.socket.sendall(data)

    def try_send(self, data):
        """Sends as much as the peer takes; a peer that has closed already is not an error."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def half_close(self):
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def reset(self):
        """Closes with RST rather than FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self):
        self.socket.close()

    def _fill(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.buffer += data
        return bool(data)

    def read_until(self, mark):
        while mark not in self.buffer:
            if not self._fill():
                raise Incomplete(self.buffer)
        head, _, self.buffer = self.buffer.partition(mark)
        return head + mark

    def read_exactly(self, count):
        while len(self.buffer) < count:
            if not self._fill():
                raise Incomplete(self.buffer)
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def read_to_end(self):
        while self._fill():
            pass
        data, self.buffer = self.buffer, b""
        return data

    def read_response(self, method="GET", skip_informational=True):
        """One response; raises Incomplete when the connection ends before it does."""
        while True:
            status_line, headers = parse_head(self.read_until(b"\r\n\r\n"))
            version, status, reason = (status_line.split(b" ", 2) + [b""])[:3]
            response = RawResponse(int(status), reason, version, headers, b"")
            if skip_informational and 100 <= response.status < 200 and response.status != 101:
                continue
            break
        response.body = self._read_body(response, method)
        return response

    def _read_body(self, response, method):
        if method == "HEAD" or response.status in (204, 304) or 100 <= response.status < 200:
            return b""
        if any(b"chunked" in value.lower() for value in response.values("transfer-encoding")):
            return self._read_chunks()
        lengths = response.values("content-length")
        return self.read_exactly(int(lengths[0])) if lengths else self.read_to_end()

    def _read_chunks(self):
        body = b""
        while size := int(self.read_until(b"\r\n").split(b";")[0], 16):
            body += self.read_exactly(size)
            assert self.read_exactly(2) == b"\r\n"
        while self.read_until(b"\r\n") != b"\r\n":
            pass
        return body

    def is_closed_within(self, seconds):
        """Whether the peer closes in time; what it still sends before that goes to the buffer."""
        self.socket.settimeout(seconds)
        try:
            while self._fill():
                pass
            return True
        except (socket.timeout, TimeoutError):
            return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def parse_head(head):
    """(first line, [(name, value)]) of a head that ends in an empty line. Strict: what is malformed raises."""
    lines = head[:-4].split(b"\r\n")
    headers = []
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        assert colon and name and name == name.strip(), f"malformed field line {line!r}"
        headers.append((name, value.strip(b" \t")))
    return lines[0], headers


def exchange(address, data, method="GET", timeout=10):
    """Sends raw bytes on a fresh connection and reads one response."""
    with RawConnection(address, timeout) as connection:
        connection.try_send(data)
        return connection.read_response(method)
