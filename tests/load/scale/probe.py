"""One keep-alive connection that times requests one after another, with as little of its own as Python allows."""

import socket
import time


class Refused(Exception):
    """An answer that is not 200."""


class Probe:
    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host, int(port)), 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path, token=None):
        """(seconds, body)"""
        field = f"Authorization: Bearer {token}\r\n" if token else ""
        request = f"GET {path} HTTP/1.1\r\nHost: scale\r\n{field}\r\n".encode()
        begun = time.perf_counter()
        self.socket.sendall(request)
        head, body = self._receive()
        taken = time.perf_counter() - begun
        if not head.startswith(b"HTTP/1.1 200"):
            raise Refused(f"{path}: {head[:200]!r} {body[:300]!r}")
        return taken, body

    def _receive(self):
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._some()
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        parts, have = [body], len(body)
        while have < length:
            parts.append(self._some())
            have += len(parts[-1])
        return head, b"".join(parts)

    def _some(self):
        data = self.socket.recv(1 << 18)
        if not data:
            raise Refused("the connection was closed")
        return data

    def close(self):
        self.socket.close()
