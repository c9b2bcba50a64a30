"""Starts everything that takes part, on free loopback ports, and stops all of it."""

import ctypes
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from measure import BenchError

HERE = Path(__file__).resolve().parent
START_SECONDS = 30
PYTHON = "/usr/bin/python3"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Servers:
    """The processes of one run, in one temporary folder."""

    def __init__(self, folder, build_dir):
        self.folder, self.build_dir = Path(folder), Path(build_dir).resolve()
        self.processes = []
        self.secret = secrets.token_hex(16)
        self.ports = {name: free_port() for name in ("backend", "nginx", "haproxy", "verify", "answer")}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for _, process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
        for name, process in reversed(self.processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                print(f"{name} did not stop and is killed", file=sys.stderr)
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()

    def spawn(self, name, command, **environment):
        log = open(self.folder / f"{name}.out", "ab")
        process = subprocess.Popen([str(part) for part in command], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=log, start_new_session=True, preexec_fn=_die_with_parent,
                                   env={**os.environ, **environment})
        self.processes.append((name, process))
        return process

    def wait_until(self, is_so, problem, seconds=START_SECONDS):
        deadline = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > deadline:
                raise BenchError(problem)
            time.sleep(0.2)

    def wait_for_port(self, name, port, process):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise BenchError(f"{name} did not start:\n" + (self.folder / f"{name}.out").read_text(errors="replace")[-2000:])

    def start_backend(self):
        process = self.spawn("backend", [self.build_dir / "bin" / "load_backend", self.ports["backend"]])
        self.wait_for_port("backend", self.ports["backend"], process)
        return process.pid

    def write_config(self, template, name, **values):
        path = self.folder / name
        path.write_text((HERE / "configs" / template).read_text().format(folder=self.folder, **{**self.ports, **values}))
        return path

    def start_nginx(self):
        config = self.write_config("nginx.conf", "nginx.conf", port=self.ports["nginx"])
        process = self.spawn("nginx", ["/usr/sbin/nginx", "-p", self.folder, "-c", config])
        self.wait_for_port("nginx", self.ports["nginx"], process)
        return process.pid

    def start_haproxy(self):
        self._drain_log(self.folder / "log.sock")
        config = self.write_config("haproxy.cfg", "haproxy.cfg", port=self.ports["haproxy"])
        process = self.spawn("haproxy", ["/usr/sbin/haproxy", "-db", "-f", config])
        self.wait_for_port("haproxy", self.ports["haproxy"], process)
        return process.pid

    def _drain_log(self, path):
        """HAProxy logs to a datagram socket only; somebody has to read it."""
        receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        receiver.bind(str(path))

        def drain():
            with open(self.folder / "haproxy.access.log", "wb") as log:
                while data := receiver.recv(65536):
                    log.write(data)

        threading.Thread(target=drain, daemon=True).start()

    def start_fastapi(self, name):
        port = self.ports[name]
        process = self.spawn(
            f"fastapi-{name}",
            [PYTHON, "-m", "uvicorn", "--app-dir", HERE / "fastapi", "--host", "127.0.0.1", "--port", port, "--workers", "1",
             "--loop", "uvloop", "--http", "httptools", "--no-access-log", f"{name}:app"],
            BENCH_SECRET=self.secret)
        self.wait_for_port(f"fastapi-{name}", port, process)
        return process.pid

    def start_gatehouse(self, name, configuration):
        """Returns (pid, address). The configuration is JSON, which is YAML."""
        routes, ready = self.folder / f"{name}.yaml", self.folder / f"{name}.ready"
        routes.write_text(json.dumps(configuration, indent=1))
        process = self.spawn(name, [self.build_dir / "bin" / "gatehouse", "run", routes, "--ready-file", ready])
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if ready.exists() and (text := ready.read_text()).strip():
                return process.pid, json.loads(text)["listen"][0]
            time.sleep(0.02)
        raise BenchError(f"{name} did not start:\n" + (self.folder / f"{name}.out").read_text(errors="replace")[-3000:])

    def signing_key(self):
        path = self.folder / "signing.key"
        if not path.exists():
            subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(path)], check=True, capture_output=True)
        return path

    def token_for_fastapi(self):
        script = ("import jwt,sys,time;"
                  "print(jwt.encode({'sub':'42','exp':int(time.time())+86400},sys.argv[1],algorithm='HS256'))")
        return subprocess.run([PYTHON, "-c", script, self.secret], capture_output=True, text=True, check=True).stdout.strip()
