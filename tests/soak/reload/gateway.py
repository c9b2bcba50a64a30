"""The gateway under test: real services on a database, and the soak's plugins beside them."""

import http.client
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "integration"))

from harness import gatehouse  # noqa: E402
from harness import site as sites  # noqa: E402

from load import MIXED, STEADY, WHOLE  # noqa: E402

SERVICES = ("auth", "users", "posts", WHOLE, MIXED, STEADY)
# Replaced generations end at once when they are idle, or the soak would wait for the warm ones; streams and uploads of
# the soak's plugins last less than a second.
PLUGINS = {"watch": False, "debug_header": True, "drain": "20s", "streams": "20s", "observe": "0s", "grace": "0s",
           "copies": 3}


def configuration():
    shipped = sites.shipped_configuration()
    for name in shipped["services"].keys() - set(SERVICES):  # those that the soak does not load
        del shipped["services"][name]
        shipped["routes"] = [route for route in shipped["routes"] if route.get("to") != name]
    shipped["gateway"]["plugins"] = PLUGINS
    shipped["gateway"]["log"] = {"to": "none"}
    shipped["services"]["auth"]["workers"] = 4
    for name in (WHOLE, MIXED, STEADY):
        shipped["services"][name] = {"at": f"plugin:{name}"}
        shipped["routes"].append({"path": f"/soak/{name}/**", "to": name, "use": "public" if name != STEADY else "visitor",
                                  "rewrite": "/**"})
    shipped["policies"]["default"]["timeout"] = {"total": "none", "connect": "1s", "idle": "60s"}  # streams without end
    return shipped


class Gateway(sites.Site):
    """A site whose plugins are loaded from a directory of its own."""

    def __init__(self, build_dir, folder, builds, storage=None):
        gatehouse.BINARY = build_dir / "bin" / "gatehouse"
        super().__init__(folder, configuration(), storage)
        self.builds = builds

    def start(self):
        self.write_routes()
        arguments = ["run", self.routes_file, "--plugins", self.builds.directory]
        # A plugin with a static libstdc++ leaves that one's emergency pool (72,704 octets) behind when it is unmapped.
        environment = {"ASAN_OPTIONS": "detect_leaks=0", **(self.environment or {})}
        self.gateway = gatehouse.Server("gateway", arguments, self.folder, environment).start()
        return self

    def admin_request(self, method, path):
        """(status, JSON or text); a connection for each, so that nothing is shared between threads."""
        host, _, port = self.gateway.admin_address.rpartition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=120)
        try:
            connection.request(method, path, headers={"Authorization": f"Bearer {sites.ADMIN_TOKEN}"})
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        is_json = "json" in (answer.getheader("content-type") or "")
        return answer.status, json.loads(body) if is_json else body.decode()

    def reload(self, service):
        return self.admin_request("POST", f"/plugins/{service}/reload")

    def plugins(self):
        status, body = self.admin_request("GET", "/plugins")
        assert status == 200, body
        return body["plugins"] if isinstance(body, dict) else body

    def metric(self, name):
        """The sum over the series of a metric, or None when it is not exposed."""
        _, text = self.admin_request("GET", "/metrics")
        found = re.findall(rf"^{name}(?:\{{[^}}]*\}})? (\S+)$", text, re.MULTILINE)
        return sum(map(float, found)) if found else None

    def resident_kib(self):
        for line in Path(f"/proc/{self.gateway.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise AssertionError("no VmRSS")

    def mapped_plugins(self):
        """The distinct plugin files that the process has mapped: what the kernel says, not the host."""
        maps = Path(f"/proc/{self.gateway.pid}/maps").read_text()
        return sorted(set(re.findall(r"(/\S+/(?:auth|users|posts|soak_\w+)-\d+[^/\s]*\.so)", maps)))
