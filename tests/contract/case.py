"""One request, and how to say it to curl."""

import shlex
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode


@dataclass
class Case:
    operation: object
    role: str
    method: str
    path: str                                    # encoded
    query: list = field(default_factory=list)    # pairs of text; or encoded text, when it is malformed
    headers: list = field(default_factory=list)  # pairs, without Authorization
    token: str = ""
    body: bytes = None
    flaws: list = field(default_factory=list)    # why it must not succeed
    value: object = None                         # what the body is made of, when that is JSON

    @property
    def target(self):
        text = "&".join(urlencode([pair], quote_via=quote) if isinstance(pair, tuple) else pair for pair in self.query)
        return self.path + (f"?{text}" if text else "")

    def fields(self):
        return self.headers + ([("Authorization", f"Bearer {self.token}")] if self.token else [])

    def curl(self, address):
        words = ["curl", "-si", "-X", self.method, f"http://{address}{self.target}"]
        words = ["curl", "-sI", f"http://{address}{self.target}"] if self.method == "HEAD" else words
        line = " ".join(map(shlex.quote, words))
        for name, value in self.fields():
            line += f" -H {shlex.quote(f'{name}: {value}')}"
        if self.body is None:
            return line
        return f"{line} --data-binary {quoted_bytes(self.body)}"


def quoted_bytes(data):
    """For bash, whatever the octets are."""
    try:
        text = data.decode()
        if text.isprintable() and not text.startswith("@"):
            return shlex.quote(text)
    except UnicodeDecodeError:
        pass
    if b"\0" in data or len(data) > 4000:  # no argument holds that
        return f"@<(base64 -d <<<{_base64(data)})"
    return "$'" + "".join(chr(octet) if 32 <= octet < 127 and chr(octet) not in "'\\" else f"\\x{octet:02x}" for octet in data) + "'"


def _base64(data):
    import base64
    return base64.b64encode(data).decode()
