"""Requests from several threads, each on a connection of its own that must never be cut."""

import http.client
import threading
import time


class Load:
    """Asks on and on; `results` has (seconds, status, reason) of every answer, `broken` what was no answer at all."""

    def __init__(self, address, requests, threads=4):
        """requests(n): method, path, headers, body of the n-th request of a thread."""
        self._host, _, port = address.rpartition(":")
        self._port = int(port)
        self._requests = requests
        self._stop = threading.Event()
        self.results, self.broken = [], []
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]

    def _run(self):
        connection = http.client.HTTPConnection(self._host, self._port, timeout=30)
        number = 0
        while not self._stop.is_set():
            method, path, headers, body = self._requests(number)
            number += 1
            try:
                connection.request(method, path, body=body, headers=headers)
                answer = connection.getresponse()
                answer.read()
                self.results.append((time.monotonic(), answer.status, answer.getheader("gatehouse-error")))
                if answer.will_close:
                    connection.close()
            except (OSError, http.client.HTTPException) as failure:
                self.broken.append(repr(failure))
                connection.close()

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def outcomes(self):
        """Which statuses with which reasons came, and how often."""
        counts = {}
        for _, status, reason in list(self.results):
            counts[(status, reason)] = counts.get((status, reason), 0) + 1
        return counts
