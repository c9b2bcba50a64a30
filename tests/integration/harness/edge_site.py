"""The fixture that data/http_edge_cases.json describes: site gw.test in front of a recording backend and real plugins."""

import socket
import time
from pathlib import Path

from .site import Site, shipped_configuration
from .upstream import Upstream, answer, echo
from .verifier import authenticator, start_verifier

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
AUTH_ROLES = ("auth-500", "auth-hang", "auth-200-truncated", "auth-302", "auth-two-user-ids")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def behave(connection, request):
    """Echoes; /slow/ takes five seconds or until the client of the gateway has gone."""
    if request.target.startswith("/slow/"):
        connection.read_request_body(request)
        if connection.is_closed_within(5):
            return False
        connection.send(answer(b"slow"))
        return True
    return echo(connection, request)


class EvilUpstream(Upstream):
    """Answers a request for /evil/NAME (or /NAME as a verifier) with the bytes registered for NAME."""

    def __init__(self, cases):
        self.cases = cases
        super().__init__(self.answer_case, timeout=20)

    def answer_case(self, connection, request):
        connection.read_request_body(request)
        name = request.target.split("?")[0].rsplit("/", 1)[-1]
        if name == "good":
            connection.send(answer(f"good {request.target}".encode()))
            return True
        case = self.cases.get(name)
        if case is None:  # the gateway itself asks which events are wanted here
            connection.send(answer(status=404, reason=b"Not Found"))
            return True
        action = case.get("action", "")
        if action == "hold open":
            connection.is_closed_within(10)
            return False
        connection.send(case["bytes"])
        if action.startswith("drip"):
            for _ in range(40):
                connection.send(b"x")
                if connection.is_closed_within(0.25):
                    break
            return False
        return action != "close"


class EdgeSite:
    """Everything of the fixture, started and stopped together."""

    def __init__(self, folder, evil_cases=None):
        self.backend = Upstream(behave)
        self.verifier = start_verifier()
        self.evil = EvilUpstream(evil_cases or {})
        port = free_port()
        configuration = shipped_configuration()
        configuration["gateway"]["listen"] = [{"at": f"127.0.0.1:{port}"}]
        # What else this site reserves for its own services.
        configuration["gateway"]["identity_headers"] += ["X-User-Role", "X-Internal-Auth", "X-Gateway-Trace"]
        # Short, so that a connection that is held open without a request ends while the test watches.
        configuration["gateway"]["limits"].update(header_timeout="3s", body_timeout="3s", keepalive_timeout="3s")
        configuration["services"].update({
            "backend": {"at": self.backend.url},
            "verifier": {"at": self.verifier.url},
            "itself": {"at": f"http://127.0.0.1:{port}"},
            "evil": {"at": self.evil.url, "served": False},
        })
        configuration["auth"]["edge"] = authenticator()
        configuration["policies"].update({
            "guarded": {"auth": "edge"},
            "limited": {"rate": {"limit": "1/s", "by": "ip"}},
            "patient": {"timeout": {"total": "10s", "connect": "1s", "idle": "10s"}},
            "hasty": {"timeout": {"total": "2s", "connect": "1s", "idle": "10s"}},
        })
        host = {"host": "gw.test"}
        configuration["routes"] += [
            {**host, "path": "/pub/**", "methods": METHODS, "to": "backend"},
            {**host, "path": "/priv/**", "methods": METHODS, "to": "backend", "use": "guarded"},
            {**host, "path": "/ws", "methods": ["GET"], "to": "backend", "use": "guarded"},
            {**host, "path": "/limited/**", "to": "backend", "use": "limited"},
            {**host, "path": "/loop/**", "to": "itself"},
            {**host, "path": "/slow/**", "to": "backend", "use": "patient"},
            {**host, "path": "/evil/**", "to": "evil", "use": "hasty"},
            {**host, "path": "/api/login", "methods": ["POST"], "to": "auth", "rewrite": "/api/auth/login"},
            {**host, "path": "/api/transfers", "methods": ["POST"], "to": "posts", "use": "member"},
        ]
        for role in AUTH_ROLES:
            configuration["auth"][role] = authenticator(to="evil", path=f"/{role}", timeout="300ms")
            configuration["routes"].append({**host, "path": f"/as/{role}/**", "to": "backend", "auth": role})
        self.site = Site(Path(folder), configuration)

    @property
    def address(self):
        return self.site.address

    @property
    def gateway(self):
        return self.site.gateway

    def __enter__(self):
        self.site.start()
        return self

    def __exit__(self, *error):
        try:
            self.site.__exit__(*error)
        finally:
            for upstream in (self.backend, self.verifier, self.evil):
                upstream.stop()

    def settle(self, upstream, seconds=2):
        """Waits until the last recorded request is complete, or its connection has been given up."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            recorded = upstream.recorded()
            if all(request.complete for request in recorded) or upstream.closed >= upstream.accepted:
                return
            time.sleep(0.005)
