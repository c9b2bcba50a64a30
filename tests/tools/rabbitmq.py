"""A throw-away RabbitMQ broker for tests.

    with RabbitMq() as broker:
        subprocess.run(["./some_test"], env={**os.environ, **broker.environment()})

Node, name service (epmd), cookie, data and logs are its own: a directory under /tmp and free ports of 127.0.0.1. Nothing of
an installed broker is touched. It runs as whoever we are, as root too. stop_server() and start_server() keep the data, and
kill_server() is a crash. It is stopped and removed at the end, also if this process is killed: a watchdog process outlives
us by a moment.
"""
import glob
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from postgres import die_with_parent, free_port  # noqa: E402

START_SECONDS = 120
STOP_SECONDS = 30
USER = "gatehouse"
CONFIG = """listeners.tcp.1 = 127.0.0.1:{port}
default_user = {user}
default_pass = {password}
loopback_users = none
log.console = true
log.console.level = warning
log.file = false
vm_memory_high_watermark.relative = 0.8
disk_free_limit.absolute = 1MB
"""


class RabbitMqError(Exception):
    """Says what is wrong and, where it is known, what to do."""


def find_program():
    found = sorted(glob.glob("/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"))
    if found and shutil.which("epmd"):
        return found[-1]
    raise RabbitMqError("RabbitMQ's server is not installed: apt install rabbitmq-server")


class RabbitMq:
    """One node."""

    def __init__(self):
        self.program = find_program()
        self.password = secrets.token_hex(12)
        self.directory = None
        self.port = None
        self.epmd_port = None
        self.epmd = None
        self.server = None
        self.watchdog = None
        self.watchdog_pipe = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def environment(self):
        """What the tests look for."""
        return {"GATEHOUSE_TEST_RABBITMQ": f"amqp://{USER}@127.0.0.1:{self.port}/",
                "GATEHOUSE_TEST_RABBITMQ_PASSWORD": self.password}

    def start(self):
        try:
            self.directory = tempfile.mkdtemp(prefix="gatehouse-rabbitmq-", dir="/tmp")
            self._start_watchdog()
            self.port, self.epmd_port, self.node_port = free_port(), free_port(), free_port()
            self._write_files()
            self.epmd = subprocess.Popen(
                ["epmd", "-port", str(self.epmd_port), "-address", "127.0.0.1"], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.directory,
                preexec_fn=die_with_parent(signal.SIGKILL))
            self.start_server()
        except BaseException:
            self.stop()
            raise

    def start_server(self):
        with open(self._path("log"), "ab") as log:
            self.server = subprocess.Popen(
                [self.program], env=self._environment(), cwd=self.directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=die_with_parent(signal.SIGTERM))
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.server.poll() is None:
            if self._answers():
                return
            time.sleep(0.1)
        self.kill_server()
        raise RabbitMqError("the RabbitMQ server did not start:\n" + self.log()[-3000:])

    def stop_server(self):
        """Orderly."""
        self._end_server(signal.SIGTERM)

    def kill_server(self):
        """As a crash."""
        self._end_server(signal.SIGKILL)

    def stop(self):
        self.kill_server()
        if self.epmd:
            self.epmd.kill()
            self.epmd.wait()
            self.epmd = None
        if self.directory:
            shutil.rmtree(self.directory, ignore_errors=True)
        if self.watchdog_pipe is not None:
            os.close(self.watchdog_pipe)
            self.watchdog_pipe = None
            self.watchdog.wait()

    def log(self):
        try:
            with open(self._path("log"), encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def _path(self, name):
        return os.path.join(self.directory, name)

    def _write_files(self):
        with open(self._path("rabbitmq.conf"), "w", encoding="ascii") as file:
            file.write(CONFIG.format(port=self.port, user=USER, password=self.password))
        with open(self._path("enabled_plugins"), "w", encoding="ascii") as file:
            file.write("[].\n")
        with open(self._path(".erlang.cookie"), "w", encoding="ascii", opener=private) as file:
            file.write(secrets.token_hex(16))
        os.mkdir(self._path("data"))

    def _environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("RABBITMQ_", "ERL_"))}
        return {**kept,
                "HOME": self.directory, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8",
                "ERL_EPMD_PORT": str(self.epmd_port), "ERL_EPMD_ADDRESS": "127.0.0.1",
                "RABBITMQ_NODENAME": f"gatehouse{self.port}@localhost", "RABBITMQ_DIST_PORT": str(self.node_port),
                "RABBITMQ_CONF_ENV_FILE": "/dev/null", "RABBITMQ_CONFIG_FILE": self._path("rabbitmq.conf"),
                "RABBITMQ_ENABLED_PLUGINS_FILE": self._path("enabled_plugins"), "RABBITMQ_MNESIA_BASE": self._path("data"),
                "RABBITMQ_LOG_BASE": self._path("data"), "RABBITMQ_LOGS": "-", "RABBITMQ_PID_FILE": self._path("pid"),
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                    "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"}

    def _answers(self):
        """The broker speaks AMQP: it answers a wrong greeting with the right one."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"AMQP\x00\x00\x00\x00")
                return connection.recv(4) == b"AMQP"
        except OSError:
            return False

    def _end_server(self, how):
        if self.server is None:
            return
        try:
            os.killpg(self.server.pid, how)
            self.server.wait(STOP_SECONDS)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()
        for number in (signal.SIGKILL,):  # helpers of the runtime's that outlived it
            try:
                os.killpg(self.server.pid, number)
            except ProcessLookupError:
                pass
        self.server = None

    def _start_watchdog(self):
        reading, self.watchdog_pipe = os.pipe()
        self.watchdog = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), "--watchdog", str(reading), self.directory],
            pass_fds=[reading], start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, cwd="/")
        os.close(reading)


def private(path, flags):
    return os.open(path, flags, 0o400)


def processes_of(directory):
    """Those that were started with the directory as their home."""
    for entry in glob.glob("/proc/[0-9]*/environ"):
        try:
            with open(entry, "rb") as file:
                if f"\0HOME={directory}\0".encode() in b"\0" + file.read():
                    yield int(entry.split("/")[2])
        except OSError:
            continue


def watch(pipe, directory):
    """Waits until our creator has closed the pipe or died, then removes what it has left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while os.read(pipe, 1):
        pass
    for pid in list(processes_of(directory)):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    for _ in range(20):
        shutil.rmtree(directory, ignore_errors=True)
        if not os.path.isdir(directory):
            return
        time.sleep(0.1)


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] != "--watchdog":
        sys.exit("usage: use with_rabbitmq, or import this module")
    watch(int(sys.argv[2]), sys.argv[3])
