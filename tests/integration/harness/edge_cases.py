"""Reads data/http_edge_cases.json: expands its macros and turns its expected terms into checks."""

import gzip
import json
import re
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data" / "http_edge_cases.json"
TOKEN = "good-42"

# The fixture has no WebSocket yet: an upgrade is answered as any request for the route. What is asserted instead is
# that nothing was upgraded and nothing was smuggled.
NO_WEBSOCKET = {
    "hop-upgrade-early-payload": "no 101 without WebSocket support; the smuggled request must still not pass",
    "hop-upgrade-post": "405 by the route's methods or 401; never 101",
    "hop-upgrade-bad-version": "426 needs a WebSocket endpoint; refused by auth before it",
    "hop-ws-cross-origin": "403 needs an Origin policy for WebSocket routes; refused by auth before it",
}
# Statuses that say "understood and refused": the connection is still in step, and may be kept.
CONNECTION_STAYS_IN_STEP = {401, 403, 404, 405, 417, 421, 422, 426, 501, 508, 502}
# The request is answered with 401 before its body is looked at, unless somebody is logged in.
NEEDS_A_USER = {"body-json-deep"}


def load():
    return json.loads(DATA.read_text(encoding="utf-8"))


def expand(raw):
    """The bytes of a case: macros replaced, one octet per character."""
    def repeat(match):
        return match.group(1) * int(match.group(2))
    text = re.sub(r"\{\{repeat:(.*?):(\d+)\}\}", repeat, raw, flags=re.DOTALL)
    text = text.replace("{{GOOD_JWT_USER_42}}", TOKEN).replace("{{REQ}}", "request-1")
    text = re.sub(r"\{\{gzip:zeros:(\d+)\}\}",
                  lambda match: gzip.compress(bytes(int(match.group(1))), mtime=0).decode("latin-1"), text)
    data = text.encode("latin-1")
    if b"{{LEN}}" in data:
        _, _, body = data.partition(b"\r\n\r\n")
        data = data.replace(b"{{LEN}}", str(len(body)).encode())
    return data


def accepted_statuses(case):
    if case["name"] in NO_WEBSOCKET:
        return {401, 403, 400, 405, 426}
    if "accept_status" in case:
        return set(case["accept_status"])
    expected = case["expected"]
    if expected.startswith("reject-"):
        return {int(expected[len("reject-"):])}
    return {200}


def may_close_without_an_answer(case):
    return case["expected"] == "close"


def must_close(status):
    return status >= 400 and status not in CONNECTION_STAYS_IN_STEP


# ---- what the backend may have seen ----------------------------------------------------------------------------------

def none(seen):
    assert seen == []


def exactly(count, body=None):
    def check(seen):
        assert len(seen) == count, seen
        if body is not None:
            assert [request.body for request in seen] == [body] * count
    return check


def at_most_one(seen):
    assert len(seen) <= 1, seen


def nothing_complete(seen):
    assert not [request for request in seen if request.complete], seen


def nothing_for(path):
    def check(seen):
        assert not [request for request in seen if path in request.target], seen
    return check


def value(name, *allowed):
    """Exactly one request, whose field `name` has one of the values; None = absent."""
    def check(seen):
        if seen:  # a refusal is checked by the status
            request, = seen
            assert request.value(name) in allowed, request
    return check


def absent(*names):
    def check(seen):
        for request in seen:
            assert not set(names) & set(request.folded_names()), request
    return check


def identity_is_42(seen):
    if seen:
        request, = seen
        assert request.values("x-user-id") == ["42"], request
        assert request.folded_names().count("x-user-id") == 1, request


def role_from_token(seen):
    if seen:
        request, = seen
        assert request.values("x-user-roles") == ["user"], request
        assert b"admin" not in request.raw_head.lower(), request


def real_connection(seen):
    if seen:
        request, = seen
        assert request.value("x-forwarded-proto") == "http", request
        assert request.value("x-forwarded-port") != "443", request


def peer_address(seen):
    if seen:
        request, = seen
        assert request.value("x-real-ip") in (None, "127.0.0.1"), request
        assert request.value("x-forwarded-for") == "127.0.0.1", request


def one_framing(seen):
    request, = seen
    assert request.body == b"hello" and request.complete
    assert len(request.values("content-length")) + len(request.values("transfer-encoding")) == 1, request


def framed_or_refused(seen):
    at_most_one(seen)
    if seen:
        one_framing(seen)


def order_of_duplicates(seen):
    request, = seen
    assert request.values("x-a") in (["1", "2"], ["1, 2"]), request


def no_trailers(seen):
    at_most_one(seen)
    for request in seen:
        assert request.trailers == b"" and request.value("trailer") is None, request
        assert request.value("authorization") is None and request.value("x-checksum") is None, request
        assert request.value("host") == "gw.test", request
        assert "x-user-id" not in request.folded_names() and "x" not in request.folded_names(), request


def same_path_or_refused(seen):
    """What a service sees never lies under /priv: every case of this kind comes without credentials."""
    for request in seen:
        path = request.target.split("?")[0].lower()
        assert not path.startswith("/priv"), request
        assert "/../" not in path and "//" not in path and "/./" not in path, request


def both(*checks):
    def check(seen):
        for one in checks:
            one(seen)
    return check


def target_is(target, host):
    def check(seen):
        request, = seen
        assert request.target == target and request.value("host") == host, request
    return check


def query_untouched(seen):
    request, = seen
    assert request.target.partition("?")[2] == "next=/../priv//secret&y=%2e%2e", request


def still_double_encoded(seen):
    for request in seen:
        assert "%252e" in request.target.lower(), request


def bytes_identical(seen):
    request, = seen
    assert request.values("x-user") == ["\xa0admin\xa0"], request


UPSTREAM_CHECKS = {
    "none (0 requests)": none,
    "request for /priv only with auth; auth, route and upstream all see the same normalised path": same_path_or_refused,
    "0 complete requests (an aborted one is allowed)": nothing_complete,
    "0 complete requests": nothing_complete,
    "field not merged into headers, not forwarded": no_trailers,
    "exactly 1 request, canonical form": exactly(1),
    "at most 1 request": at_most_one,
    "0 requests, or correct framing": framed_or_refused,
    "X-User-ID: 42 exactly once; no other spelling": identity_is_42,
    "absent": absent("x-original-url", "x-rewrite-url", "x-internal-auth", "x-gateway-trace"),
    "1 request": exactly(1),
    "2 requests": exactly(2),
    "if forwarded: version is HTTP/1.1": lambda seen: [exactly(1)(seen), value(":version", None)(seen)] if seen else None,
    "origin-form /pub/x, Host: gw.test": target_is("/pub/x", "gw.test"),
    "no connection to the named address": none,
    "Host: gw.test": value("host", "gw.test"),
    "X-Forwarded-Host is gw.test or absent": value("x-forwarded-host", "gw.test", None),
    "X-A with empty value": value("x-a", ""),
    "value bytes identical": bytes_identical,
    'X-A: 1 before X-A: 2 (or "1, 2")': order_of_duplicates,
    "no body attached; no Content_Length field": both(absent("content-length"), lambda seen: [none_of_body(r) for r in seen]),
    "0 requests, or one that was visibly aborted": nothing_complete,
    "exactly 1 request with body hello": exactly(1, b"hello"),
    "exactly 1 request, body hello": exactly(1, b"hello"),
    "at most 1 request; nothing for /priv/secret": both(at_most_one, nothing_for("/priv/secret")),
    "body hello; either chunked or Content-Length: 5, never both": one_framing,
    "if forwarded: no Content-Length received value; connection closed after": both(at_most_one, value("content-length", None)),
    'if forwarded: exactly "chunked" or CL': framed_or_refused,
    "body hello, no extension": exactly(1, b"hello"),
    "at most 1 request, no field X": no_trailers,
    "body of 200000 x": lambda seen: exactly(1, b"x" * 200_000)(seen) if seen and seen[0].complete else at_most_one(seen),
    "body of 10": exactly(1, b"0123456789"),
    "body hello": exactly(1, b"hello"),
    "nothing for /priv/secret": nothing_for("/priv/secret"),
    "nothing for /priv/secret without auth": nothing_for("/priv/secret"),
    "nothing for /pub/steal": nothing_for("/pub/steal"),
    "X-User-ID: 42 present exactly once": identity_is_42,
    "our X-Forwarded-For/-Proto present": both(value("x-forwarded-for", "127.0.0.1"), value("x-forwarded-proto", "http")),
    "no X-Foo, no Connection: X-Foo": both(absent("x-foo"), value("connection", None, "keep-alive")),
    "no Proxy-Authorization": absent("proxy-authorization"),
    "no Upgrade, no Connection: Upgrade": both(absent("upgrade"), value("connection", None, "keep-alive")),
    "no Upgrade": absent("upgrade"),
    "no Upgrade; no 101": absent("upgrade"),
    "no 101": none,
    "at most max-hops requests": none,
    "role from token only": role_from_token,
    "Proto/Port of the real connection": real_connection,
    "absent in auth call and upstream": absent("x-forwarded-prefix"),
    "peer address": peer_address,
    "if forwarded: path still contains %252e": still_double_encoded,
    "query byte-identical": query_untouched,
}


def none_of_body(request):
    assert request.body == b"", request
