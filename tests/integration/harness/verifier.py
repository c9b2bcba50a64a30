"""A forward-auth service as an HTTP backend: tokens "good-NAME" are user NAME, anything else is 401."""

from .upstream import Upstream, answer


def judge(connection, request):
    connection.read_request_body(request)
    scheme, _, token = (request.value("authorization") or "").partition(" ")
    if scheme.lower() == "bearer" and token.startswith("good-"):
        name = token[len("good-"):]
        roles = "admin" if name == "1" else "user"
        connection.send(answer(headers=[("X-User-ID", name), ("X-User-Name", f"name-{name}"), ("X-User-Roles", roles),
                                        ("X-Session-ID", f"s-{name}")]))
    else:
        connection.send(answer(b"who are you?", 401, b"Unauthorized", [("WWW-Authenticate", 'Bearer realm="test"')]))


def start_verifier():
    return Upstream(judge)


def authenticator(cache=None, timeout="500ms", path="/verify", to="verifier"):
    """The `auth:` entry that asks it."""
    entry = {
        "forward": {"to": to, "path": path, "timeout": timeout},
        "send": ["authorization"],
        "take": ["X-User-ID", "X-User-Name", "X-User-Roles", "X-Session-ID"],
        "if_down": "deny",
    }
    if cache:
        entry["cache"] = {"ttl": cache, "by": ["authorization"]}
    return entry
