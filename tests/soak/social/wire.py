"""HTTP/1.1 over one keep-alive connection, for asyncio: what was answered, and between which two moments."""

import asyncio
import json
import time


class Lost(Exception):
    """There was no whole answer: the request may have taken effect, or not."""


class Answer:
    __slots__ = ("status", "fields", "body", "begin", "end", "_value")

    def __init__(self, status, fields, body, begin, end):
        self.status = status
        self.fields = fields    # lower-case name -> value
        self.body = body
        self.begin = begin      # before the first octet was sent
        self.end = end          # after the last one has come
        self._value = None

    def json(self):
        if self._value is None:
            self._value = json.loads(self.body)
        return self._value


class Connection:
    """For one task at a time."""

    def __init__(self, host, port, timeout=30):
        self.host, self.port, self.timeout = host, port, timeout
        self.reader = self.writer = None

    async def request(self, method, path, body=None, token=None):
        try:
            return await asyncio.wait_for(self._request(method, path, body, token), self.timeout)
        except (OSError, EOFError, asyncio.TimeoutError) as error:
            self.close()
            raise Lost(f"{method} {path}: {type(error).__name__} {error}") from error

    async def open_stream(self, path, token):
        """The reader behind the head of an answer without end."""
        await self._connect()
        self._write("GET", path, b"", token)
        status, fields = await self._head()
        return status, fields, self.reader

    async def _request(self, method, path, body, token):
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        begin = time.monotonic()
        if self.writer is None:
            await self._connect()
        self._write(method, path, content, token)
        status, fields = await self._head()
        if fields.get("transfer-encoding", "") == "chunked":
            answered = await self._chunks()
        else:
            answered = await self.reader.readexactly(int(fields.get("content-length", 0)))
        end = time.monotonic()
        if fields.get("connection", "") == "close":
            self.close()
        return Answer(status, fields, answered, begin, end)

    async def _connect(self):
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port, limit=1 << 22)

    def _write(self, method, path, content, token):
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\n"
        if token:
            head += f"Authorization: Bearer {token}\r\n"
        if content:
            head += "Content-Type: application/json\r\n"
        if content or method in ("POST", "PUT", "PATCH"):
            head += f"Content-Length: {len(content)}\r\n"
        self.writer.write(head.encode() + b"\r\n" + content)

    async def _head(self):
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.split(":", 1) for line in lines[1:] if line)
        return int(lines[0].split(" ", 2)[1]), {name.lower(): value.strip() for name, value in pairs}

    async def _chunks(self):
        parts = []
        while size := int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16):
            parts.append(await self.reader.readexactly(size))
            await self.reader.readexactly(2)
        await self.reader.readuntil(b"\r\n")
        return b"".join(parts)

    def close(self):
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None
