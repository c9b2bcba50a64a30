"""Sends one request over a keep-alive connection and reads its answer; of an event stream, only the head."""

import http.client


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def media_type(self):
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body[:1500]!r}"


class Wire:
    """address: "HOST:PORT". Not for several threads."""

    def __init__(self, address, token=None, seconds=30):
        self.address = address
        self.token = token
        self._seconds = seconds
        self._connection = None

    def send(self, method, target, headers, body):
        """headers: pairs, sent as they are; body: bytes or None. Throws when there is no answer."""
        fields = list(headers) + ([("Authorization", f"Bearer {self.token}")] if self.token else [])
        for attempt in (1, 2):
            fresh = self._connection is None
            if fresh:
                host, _, port = self.address.rpartition(":")
                self._connection = http.client.HTTPConnection(host, int(port), timeout=self._seconds)
            try:
                return self._exchange(method, target, fields, body)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.close()
                if fresh or attempt == 2:  # an idle connection may be closed under us once, a fresh one may not
                    raise

    def _exchange(self, method, target, fields, body):
        connection = self._connection
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in fields:
            connection.putheader(name, value.encode("utf-8") if isinstance(value, str) else value)
        if body is not None or method in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(body or b"")))
        connection.endheaders(body or None)
        response = connection.getresponse()
        if (response.getheader("content-type") or "").startswith("text/event-stream"):
            self.close()
            return Answer(response.status, response.getheaders(), b"")
        content = response.read()
        if response.will_close:
            self.close()
        return Answer(response.status, response.getheaders(), content)

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None
