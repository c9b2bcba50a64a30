"""A whole installation in a temporary folder: the shipped routes.yaml with free ports, its secrets, its processes."""

import copy
import secrets
import subprocess
import uuid
from pathlib import Path

import yaml

from .client import Client
from .gatehouse import PLUGINS, REPOSITORY, Server, run_command

HOMES = ("plugin", "spawn", "serve-tcp", "serve-unix", "mixed")
ADMIN_TOKEN = "admin-token-of-the-integration-tests"
PASSWORD = "correct horse battery 7"


def shipped_configuration():
    """The routes.yaml of the repository, with free ports and without the limits that a test suite would run into."""
    configuration = yaml.safe_load((REPOSITORY / "routes.yaml").read_text())
    configuration["gateway"]["listen"] = [{"at": "127.0.0.1:0"}]
    configuration["gateway"]["admin"]["at"] = "127.0.0.1:0"
    for policy in configuration["policies"].values():
        policy.pop("rate", None)
    # Every test comes from one address; the throttle per account stays as it is.
    configuration["services"]["auth"]["config"]["throttle"] = {"source_failures": 10_000, "resets_per_source": 0}
    return configuration


def spawn_everything(configuration):
    """Every plugin in a child process of its own. Checks of who asks take a socket then, and the machine may be busy."""
    for service in configuration["services"].values():
        service["at"] = service["at"].replace("plugin:", "spawn:")
    for authenticator in configuration["auth"].values():
        authenticator["forward"]["timeout"] = "5s"


def bare_configuration(services, routes, **parts):
    """A configuration for tests of the gateway itself: no plugins, no auth, just these services and routes."""
    configuration = {
        "version": 1,
        "gateway": {
            "listen": [{"at": "127.0.0.1:0"}],
            "admin": {"at": "127.0.0.1:0", "token": "file:var/secrets/admin.token"},
            "identity_headers": ["X-User-ID", "X-User-Name", "X-User-Roles", "X-Session-ID"],
        },
        "services": services,
        "routes": routes,
    }
    for name, value in parts.items():
        if name == "gateway":
            configuration["gateway"].update(copy.deepcopy(value))
        else:
            configuration[name] = copy.deepcopy(value)
    return configuration


def write_secrets(folder):
    """What `./dev run` makes on its first start, the same names and kinds."""
    place = Path(folder) / "var" / "secrets"
    place.mkdir(parents=True, exist_ok=True)
    (Path(folder) / "var" / "data").mkdir(parents=True, exist_ok=True)
    (place / "admin.token").write_text(ADMIN_TOKEN)
    for name in ("internal_assertion.key", "cursor.key", "notify.key"):
        (place / name).write_text(secrets.token_hex(32))
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(place / "auth_signing.key")],
                   check=True, capture_output=True)
    for path in place.iterdir():
        path.chmod(0o600)


class Site:
    """Folder, configuration and processes; `gateway` is the public side, `backend` the posts service if it lives apart."""

    def __init__(self, folder, configuration, storage=None, home="plugin", environment=None):
        self.folder = Path(folder)
        self.configuration = configuration
        self.storage = storage  # None = as configured
        self.home = home
        self.environment = environment
        self.backend = None
        self.gateway = None
        write_secrets(self.folder)
        if storage:
            configuration["gateway"]["storage"] = {"default": storage}

    @property
    def routes_file(self):
        return self.folder / "routes.yaml"

    @property
    def address(self):
        return self.gateway.address

    @property
    def internal(self):
        """Where services elsewhere call others, if the configuration has such a listener."""
        at = self.configuration["gateway"]["internal"]["at"]
        return f"unix:{self.folder / at[5:]}" if at.startswith("unix:") else at

    def write_routes(self, configuration=None):
        self.routes_file.write_text(yaml.safe_dump(configuration or self.configuration, sort_keys=False, width=120))

    def start(self):
        if self.home == "spawn":
            spawn_everything(self.configuration)
        elif self.home == "mixed":
            self.start_backend()
            posts = self.configuration["services"]["posts"]
            posts.update({"at": ["plugin:posts", self.backend_url()], "weights": [3, 2], "served": True})
        elif self.home != "plugin":
            self.start_backend()
            self.configuration["services"]["posts"] = {"at": self.backend_url(), "served": True}
        self.write_routes()
        self.gateway = Server("gateway", ["run", self.routes_file], self.folder, self.environment).start()
        return self

    def start_backend(self, listen=None):
        """posts.so in a process of its own, at the same place again when it is restarted."""
        if listen is None:
            listen = f"unix:{self.folder / 'posts.sock'}" if self.home == "serve-unix" else "127.0.0.1:0"
        arguments = ["serve", PLUGINS / "posts.so", "--listen", listen,
                     "--assertion-key", "file:var/secrets/internal_assertion.key",
                     "--config", '{"cursor_key": "file:var/secrets/cursor.key"}']
        if self.storage:
            arguments += ["--storage", self.storage]
        self.backend = Server("posts", arguments, self.folder, self.environment).start()

    def backend_url(self):
        address = self.backend.address
        return f"http+unix:{address[5:]}" if address.startswith("unix:") else f"http://{address}"

    def child(self, service):
        """The process id of a spawned service; None while it has none."""
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                status = (folder / "status").read_text()
                arguments = (folder / "cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            is_ours = f"\nPPid:\t{self.gateway.pid}\n" in status and "\nState:\tZ" not in status
            if is_ours and "--spawned" in arguments and arguments[arguments.index("--service") + 1] == service:
                return int(folder.name)
        return None

    def client(self, token=None, **kwargs):
        return Client(self.address, token=token, **kwargs)

    def admin(self):
        return Client(self.gateway.admin_address, token=ADMIN_TOKEN)

    def stop(self):
        """Stops everything and asserts that it ends cleanly."""
        try:
            for server in (self.gateway, self.backend):
                if server is not None:
                    server.stop()
        finally:
            self.kill()

    def kill(self):
        for server in (self.gateway, self.backend):
            if server is not None:
                server.kill()

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        if kind is None:
            self.stop()
        else:
            self.kill()


def invite(site, roles, prefix="guest"):
    """Somebody with these roles, by the operator's one-time link."""
    name = unique(prefix)
    with site.admin() as operator:
        token = operator.post("/services/auth/commands/users.invite", {"roles": roles}).expect(200).json()["token"]
    body = {"token": token, "username": name, "email": f"{name}@example.com", "password": PASSWORD}
    with site.client() as client:
        return User(site, client.post("/api/auth/invitation", body).expect(201).json())


def create_admin(site, prefix="root"):
    """As the operator does it: on the command line."""
    name = unique(prefix)
    run_command("user", "create", "--admin", "--username", name, "--email", f"{name}@example.com", "--password-stdin",
                "--config", site.routes_file, folder=site.folder, environment=site.environment, stdin=PASSWORD).check_returncode()
    with site.client() as client:
        tokens = client.post("/api/auth/login", {"login": name, "password": PASSWORD}).expect(200).json()
        account = client.get("/api/auth/me", token=tokens["access_token"]).expect(200).json()
    return User(site, {"user": account, **tokens})


class User:
    """A registered user with a client of their own."""

    def __init__(self, site, body):
        self.site = site
        self.id = body["user"]["id"]
        self.username = body["user"]["username"]
        self.email = body["user"]["email"]
        self.access_token = body["access_token"]
        self.refresh_token = body["refresh_token"]
        self.client = site.client(self.access_token)


def unique(prefix):
    return f"{prefix}{uuid.uuid4().hex[:12]}"


def register(site, prefix="user", password=PASSWORD, **more):
    name = unique(prefix)
    body = {"username": name, "email": f"{name}@example.com", "password": password, **more}
    with site.client() as client:
        return User(site, client.post("/api/auth/register", body).expect(201).json())
