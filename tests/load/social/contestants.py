"""Who takes part: Gatehouse with its services, and the FastAPI design behind nginx, each on a database of one server."""

import re
import subprocess
import json
from dataclasses import dataclass, field
from pathlib import Path

from measure import CONNECTIONS, BenchError, cpu_seconds
from scenarios import register_user
from servers import PYTHON, Servers, free_port

HERE = Path(__file__).resolve().parent
HIGH = "1000000000/min"


@dataclass
class Run:
    """What one measured run has given."""
    requests: int
    errors: int
    seconds: float
    p50_ms: float
    p99_ms: float
    cpu: dict  # CPU seconds by part: "gateway", "services", "database"

    def micros(self, *parts):
        return sum(self.cpu[part] for part in parts) / self.requests * 1e6

    @property
    def per_cpu_second(self):
        return 1e6 / self.micros("gateway", "services")


@dataclass
class Social:
    """A contestant: where it listens, the processes of its parts, the tokens of the readers, and its database."""
    name: str
    address: str
    parts: dict  # "gateway", "services": process ids
    tokens: list
    database: str
    schema: str = ""  # before the names of posts, likes, comments
    settle: object = lambda: None  # waits until everything that the requests have caused is done
    runs: dict = field(default_factory=dict)

    def measure(self, server, file, seconds):
        parts = {**self.parts, "database": [server.server.pid]}
        before = {part: cpu_seconds(pids) for part, pids in parts.items()}
        result = wrk(self.address, file, seconds)
        self.settle()
        cpu = {part: cpu_seconds(pids) - before[part] for part, pids in parts.items()}
        return Run(result["requests"], result["errors"], result["microseconds"] / 1e6, result["p50"] / 1e3, result["p99"] / 1e3,
                   cpu)


def wrk(address, file, seconds):
    command = ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "--timeout", "20s", "-s", HERE / "requests.lua",
               f"http://{address}", "--", file]
    result = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 120, check=False)
    found = re.search(r"RESULT (\{.*\})", result.stdout)
    if result.returncode != 0 or not found:
        raise BenchError(f"wrk: {result.stdout}{result.stderr}")
    return json.loads(found.group(1))


class SocialServers(Servers):
    """The processes of one run."""

    def __init__(self, folder, build_dir, postgres):
        super().__init__(folder, build_dir)
        self.postgres = postgres

    def gatehouse(self, readers):
        """Registers `readers` users; returns the contestant and who they are, (id, name)."""
        database = "bench_gatehouse"
        url = self.postgres.create_database(database)
        pid, address = self.start_gatehouse("gatehouse", self._configuration(url))
        accounts = [register_user(address, f"reader{number}") for number in range(readers)]
        people = [(account["user"]["id"], account["user"]["username"]) for account in accounts]
        tokens = [account["access_token"] for account in accounts]
        contestant = Social("Gatehouse", address, {"gateway": [pid], "services": []}, tokens, database, "posts.",
                            lambda: self._wait_for_events(database))
        return contestant, people

    def peers(self, styles, people):
        """One per style of answers (see peer/api.py), all on one database, with one verifier."""
        if not styles:
            return []
        database = "bench_peer"
        url = self.postgres.create_database(database).replace("postgresql://", "postgresql+asyncpg://")
        self.postgres.sql((HERE / "peer" / "schema.sql").read_text(), database)
        tokens = self._peer_tokens(people)
        verify_port, verify = self._uvicorn("verify", 1, BENCH_SECRET=self.secret)
        result = []
        for style, name in styles.items():
            port, api = self._uvicorn("api", 2, BENCH_DATABASE=url, BENCH_ANSWERS=style)
            nginx_port, nginx = self._nginx(style, verify=verify_port, api=port)
            result.append(Social(name, f"127.0.0.1:{nginx_port}", {"gateway": [nginx], "services": [verify, api]}, tokens, database))
        return result

    def _configuration(self, url):
        session = {
            "forward": {"to": "auth", "path": "/api/auth/verify", "timeout": "5s"},
            "send": ["authorization", "cookie", "origin", "sec-fetch-site"],
            "take": ["X-User-ID", "X-User-Name", "X-User-Roles", "X-Session-ID"],
        }
        cursor_key = {"cursor_key": self.secret}
        return {
            "version": 1,
            "gateway": {
                "listen": [{"at": "127.0.0.1:0"}],
                "log": {"to": f"file:{self.folder}/gatehouse.access.log"},
                "storage": {"default": url},
                "identity_headers": session["take"],
            },
            "services": {
                "auth": {"at": "plugin:auth", "config": {"signing_key": f"file:{self.signing_key()}", "access_lifetime": "1d"}},
                "posts": {"at": "plugin:posts", "config": cursor_key},
                "subscriptions": {"at": "plugin:subscriptions", "config": cursor_key},
            },
            "auth": {"session": session},
            "policies": {
                "default": {"timeout": {"total": "30s", "connect": "1s", "idle": "60s"}},
                "member": {"auth": "session", "rate": {"limit": HIGH, "by": "user"}},
            },
            "routes": [
                {"path": "/api/auth/**", "to": "auth"},
                {"path": "/api/posts/**", "to": "posts", "use": "member"},
                {"path": "/api/newsfeed/**", "to": "subscriptions", "use": "member"},
            ],
        }

    def _wait_for_events(self, database):
        """What a write has told others is part of its cost: the outbox has to be empty."""
        self.wait_until(lambda: not self.postgres.sql("select 1 from posts.gh_outbox where sent_at is null limit 1", database),
                        "posts does not hand over its events")

    def _peer_tokens(self, people):
        script = ("import json,jwt,sys,time;"
                  "print(json.dumps([jwt.encode({'sub':str(i),'username':n,'exp':int(time.time())+86400},sys.argv[1],"
                  "algorithm='HS256') for i,n in json.loads(sys.argv[2])]))")
        result = subprocess.run([PYTHON, "-c", script, self.secret, json.dumps(people)], capture_output=True, text=True, check=True)
        return json.loads(result.stdout)

    def _uvicorn(self, app, workers, **environment):
        port = free_port()
        command = [PYTHON, "-m", "uvicorn", "--app-dir", HERE / "peer", "--host", "127.0.0.1", "--port", port, "--workers", workers,
                   "--loop", "uvloop", "--http", "httptools", "--no-access-log", f"{app}:app"]
        process = self.spawn(f"fastapi-{app}-{port}", command, PYTHONDONTWRITEBYTECODE="1", **environment)
        self.wait_for_port(f"fastapi-{app}-{port}", port, process)
        return port, process.pid

    def _nginx(self, style, **ports):
        port = free_port()
        folder = self.folder / f"nginx-{style}"
        folder.mkdir()
        config = folder / "nginx.conf"
        config.write_text((HERE / "nginx.conf").read_text().format(folder=folder, nginx=port, **ports))
        process = self.spawn(f"nginx-{style}", ["/usr/sbin/nginx", "-p", folder, "-c", config])
        self.wait_for_port(f"nginx-{style}", port, process)
        return port, process.pid
