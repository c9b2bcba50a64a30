"""Server-sent events, for tests that only want to know whether they go on."""

import http.client
import select

from .client import eventually


class EventStream:
    """An answer that goes on. Its end may be a reset."""

    def __init__(self, address, path, token, seconds=30):
        host, _, port = address.rpartition(":")
        self.seconds = seconds
        self.connection = http.client.HTTPConnection(host, int(port), timeout=seconds)
        self.connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        self.socket = self.connection.sock
        answer = self.connection.getresponse()
        assert answer.status == 200, answer.status

    def has_ended(self):
        """Reads what is there."""
        while select.select([self.socket], [], [], 0)[0]:
            try:
                if not self.socket.recv(65536):
                    return True
            except ConnectionResetError:
                return True
        return False

    def wait_for_end(self):
        eventually(self.has_ended, "the end of the stream", seconds=self.seconds)
