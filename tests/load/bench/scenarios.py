"""What is compared. Each scenario returns contestants that do the same work; the first one is the measure of the rest."""

import http.client
import json
import secrets

from measure import BenchError, Contestant


def gatehouse_configuration(servers):
    """One loop, one access log, and three kinds of routes: plain, with the whole default pipeline, and in-process."""
    session = {
        "forward": {"to": "auth", "path": "/api/auth/verify", "timeout": "500ms"},
        "send": ["authorization"],
        "take": ["X-User-ID", "X-User-Name", "X-User-Roles", "X-Session-ID"],
        "cache": {"ttl": "5s", "by": ["authorization"]},
    }
    uncached = {key: value for key, value in session.items() if key != "cache"}
    high = "1000000000/min"
    return {
        "version": 1,
        "gateway": {
            "listen": [{"at": "127.0.0.1:0"}],
            "loops": 1,
            "log": {"to": f"file:{servers.folder}/gatehouse.access.log"},
            "storage": {"default": f"sqlite:{servers.folder}/data"},
            "identity_headers": ["X-User-ID", "X-User-Name", "X-User-Roles", "X-Session-ID"],
        },
        "services": {
            "raw": {"at": f"http://127.0.0.1:{servers.ports['backend']}"},
            "auth": {"at": "plugin:auth", "config": {"signing_key": f"file:{servers.signing_key()}"}},
            "bench": "plugin:bench",
        },
        "auth": {"session": session, "uncached": uncached},
        "policies": {
            "member": {"auth": "session", "rate": {"limit": high, "by": "user"}},
            "checked": {"auth": "uncached", "rate": {"limit": high, "by": "user"}},
        },
        "routes": [
            {"path": "/proxy/**", "to": "raw"},
            {"path": "/full/**", "to": "raw", "use": "member"},
            {"path": "/api/auth/**", "to": "auth"},
            {"path": "/bench/**", "to": "bench", "use": "member"},
            {"path": "/checked/**", "to": "raw", "use": "checked"},
        ],
    }


def register_user(address, name):
    """The answer of the auth plugin to somebody new."""
    connection = http.client.HTTPConnection(address, timeout=30)
    body = json.dumps({"username": name, "email": f"{name}@example.com", "password": "correct horse battery 7"})
    connection.request("POST", "/api/auth/register", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    text = response.read()
    if response.status != 201:
        raise BenchError(f"cannot register a user: {response.status} {text[:500]!r}")
    return json.loads(text)


def register(address):
    """An access token for a new user of the auth plugin."""
    return register_user(address, "bench" + secrets.token_hex(4))["access_token"]


class Field:
    """Everything that takes part, started once."""

    def __init__(self, servers, parts):
        self.servers = servers
        ports = servers.ports
        self.backend_url = f"http://127.0.0.1:{ports['backend']}"
        self.nginx_url = f"http://127.0.0.1:{ports['nginx']}"
        self.haproxy_url = f"http://127.0.0.1:{ports['haproxy']}"
        self.backend = servers.start_backend()
        self.nginx = servers.start_nginx()
        self.gatehouse, self.address = servers.start_gatehouse("gatehouse", gatehouse_configuration(servers))
        self.url = f"http://{self.address}"
        self.token = [f"Authorization: Bearer {register(self.address)}"]
        if "proxy" in parts:
            self.haproxy = servers.start_haproxy()
        if "design" in parts:
            self.verify, self.answer = servers.start_fastapi("verify"), servers.start_fastapi("answer")
            self.fastapi_token = [f"Authorization: Bearer {servers.token_for_fastapi()}"]


def proxy(field):
    return "Proxying, keep-alive on both sides, a header injected, access log on", [
        Contestant("nginx", field.nginx_url + "/proxy/x", [field.nginx]),
        Contestant("HAProxy", field.haproxy_url + "/proxy/x", [field.haproxy]),
        Contestant("Gatehouse, plain", field.url + "/proxy/x", [field.gatehouse]),
        Contestant("Gatehouse, full pipeline, token verified each time", field.url + "/checked/x", [field.gatehouse], field.token),
        Contestant("Gatehouse, full pipeline, decisions kept for 1 s", field.url + "/full/x", [field.gatehouse], field.token),
        Contestant("(the backend alone, directly)", field.backend_url + "/x", [field.backend]),
    ]


def local(field):
    return "Answered without a backend", [
        Contestant("nginx `return 200`, anonymous", field.nginx_url + "/local", [field.nginx]),
        Contestant("Gatehouse plugin, authenticated, on the loop", field.url + "/bench/loop", [field.gatehouse], field.token),
        Contestant("Gatehouse plugin, authenticated, worker pool", field.url + "/bench/worker", [field.gatehouse], field.token),
    ]


def design(field):
    return "An authenticated JSON answer, the whole way", [
        Contestant("nginx `auth_request` + FastAPI verifier + FastAPI service", field.nginx_url + "/seed/hello",
                   [field.nginx, field.verify, field.answer], field.fastapi_token),
        Contestant("Gatehouse + auth + plugin on a worker", field.url + "/bench/worker", [field.gatehouse], field.token),
        Contestant("Gatehouse + auth + plugin on the loop", field.url + "/bench/loop", [field.gatehouse], field.token),
    ]


SCENARIOS = {"proxy": proxy, "local": local, "design": design}
