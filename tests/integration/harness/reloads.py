"""What tests of replacing plugins share: a plugin directory of their own, load, and a plugin that is compiled as needed."""

import shutil
import threading

import pytest

from .c_plugin import compile_plugin
from .client import eventually
from .gatehouse import PLUGINS
from .site import Site, register, shipped_configuration

QUICK = {"observe": "300ms", "grace": "0ms", "drain": "5s", "debug_header": True}


@pytest.fixture()
def plugins(tmp_path):
    """A plugin directory of the test's own."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    for name in shipped_configuration()["services"]:
        shutil.copy(PLUGINS / f"{name}.so", folder / f"{name}.so")
    return folder


def configuration(**plugins):
    shipped = shipped_configuration()
    shipped["gateway"]["plugins"] = {**QUICK, "watch": False, **plugins}
    return shipped


@pytest.fixture()
def site(tmp_path, plugins):
    with Site(tmp_path, configuration(), environment={"GATEHOUSE_PLUGINS": str(plugins)}) as running:
        yield running


def reload(site, service, status=200):
    return site.admin().post(f"/plugins/{service}/reload").expect(status).json()


def generation(site, path="/api/posts"):
    with site.client() as client:
        return int(client.get(path).expect(200).header("gatehouse-plugin-generation"))


def put(folder, name, content):
    """As a deployment does it: never a half-written file under the real name."""
    (folder / f"{name}.so.new").write_bytes(content)
    (folder / f"{name}.so.new").rename(folder / f"{name}.so")


class Load:
    """Threads that ask without a pause; every answer that is not one of the expected is kept."""

    def __init__(self, site, requests, expected=(200, 201), threads=4):
        self.site, self.requests, self.expected = site, requests, expected
        self.failures, self.answers, self.stopped = [], 0, threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(threads)]

    def run(self):
        with self.site.client() as client:
            while not self.stopped.is_set():
                for method, path, body, token in self.requests:
                    try:
                        answer = client.request(method, path, body, token=token)
                        self.answers += 1
                        if answer.status not in self.expected:
                            self.failures.append(answer)
                    except OSError as error:
                        self.failures.append(error)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        eventually(lambda: self.answers > 20, "the load is under way")
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()


def posts_load(site):
    token = register(site).access_token
    return [("GET", "/api/posts", None, None), ("POST", "/api/posts", {"text": "while it is replaced"}, token),
            ("GET", "/api/auth/me", None, token)]


def metric(site, line_start):
    for line in site.admin().get("/metrics").expect(200).body.decode().splitlines():
        if line.startswith(line_start):
            return float(line.rsplit(" ", 1)[1])
    return None


def compile_answering(folder, status, **defines):
    return compile_plugin("answering", folder / f"answering_{status}.so", STATUS=status, **defines).read_bytes()


def answering_site(tmp_path, plugins, probe=(), home="plugin", **settings):
    """A service of one route in C; its file is replaced by builds that answer with another status."""
    put(plugins, "answering", compile_answering(tmp_path, 200))
    shipped = configuration(**settings)
    shipped["services"]["answering"] = {"at": f"{home}:answering", "probe": list(probe)}
    shipped["routes"].append({"path": "/answer", "to": "answering", "use": "public"})
    return Site(tmp_path, shipped, environment={"GATEHOUSE_PLUGINS": str(plugins)})
