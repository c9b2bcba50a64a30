"""A throw-away PostgreSQL server for tests.

    with Postgres() as server:
        subprocess.run(["./some_test"], env={**os.environ, "GATEHOUSE_TEST_POSTGRES": server.url()})

The cluster lives in its own directory under /tmp, listens on a free port of 127.0.0.1 and on a Unix socket in that
directory, and needs a password made for it. It is stopped and removed at the end, also if this process is killed: a
watchdog process outlives us by a moment. Not safe against power loss (fsync is off), as tests do not need that.
"""
import ctypes
import glob
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

START_SECONDS = 60
STOP_SECONDS = 20
USER = "gatehouse"
PR_SET_PDEATHSIG = 1
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "max_wal_size": "256MB",
    "log_min_messages": "warning",
    "lc_messages": "C",
}


class PostgresError(Exception):
    """Says what is wrong and, where it is known, what to do."""


def find_programs():
    """The directory with initdb and postgres of the newest installed version."""
    def version(path):
        return [int(number) for number in re.findall(r"\d+", path)]

    for directory in sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=version, reverse=True):
        if os.access(os.path.join(directory, "initdb"), os.X_OK):
            return directory
    on_path = shutil.which("initdb")
    if on_path:
        return os.path.dirname(os.path.realpath(on_path))
    raise PostgresError("PostgreSQL's server programs (initdb, postgres) are not installed: apt install postgresql")


def unprivileged_account():
    """Who the server runs as: it refuses to be root. None: whoever we are."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresError("running as root, and there is neither a user postgres nor nobody to run the server as")


def die_with_parent(number):
    """For preexec_fn: the kernel sends this signal to the new process when the thread that made it ends."""
    def prepare():
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number))
    return prepare


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """One cluster. start() and stop() may also be called by hand; stop_server() and start_server() keep the data."""

    def __init__(self, settings=None):
        """settings: more of postgresql.conf, and instead of SETTINGS."""
        self.settings = {**SETTINGS, **(settings or {})}
        self.programs = find_programs()
        self.account = unprivileged_account()
        self.password = secrets.token_hex(12)
        self.directory = None
        self.port = None
        self.server = None
        self.watchdog = None
        self.watchdog_pipe = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def url(self, database=USER, schema=None):
        suffix = f"?schema={schema}" if schema else ""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}{suffix}"

    def sql(self, statement, database=USER):
        """Runs SQL as the cluster's superuser and returns psql's unaligned output."""
        result = subprocess.run(
            [self._program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.directory, "-p", str(self.port),
             "-U", USER, "-d", database, "-c", statement],
            env={**os.environ, "PGPASSWORD": self.password}, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise PostgresError(result.stderr.strip())
        return result.stdout.strip()

    def create_database(self, name):
        self.sql(f'create database "{name}"', database="postgres")
        return self.url(name)

    def start(self):
        try:
            self.directory = tempfile.mkdtemp(prefix="gatehouse-postgres-", dir="/tmp")
            self._start_watchdog()
            self._initialise()
            self.start_server()
            self.create_database(USER)
        except BaseException:
            self.stop()
            raise

    def start_server(self):
        """Starts the server on the cluster's port, or on another free one if that was taken before the first start."""
        first = self.port is None
        for attempt in range(5):
            if first:
                self.port = free_port()
            self._launch()
            if self._wait_until_ready():
                return
            if not first or "Address already in use" not in self.log() or attempt == 4:
                raise PostgresError("the PostgreSQL server did not start:\n" + self.log()[-2000:])

    def stop_server(self, how=signal.SIGQUIT):
        """SIGQUIT: immediate, as a crash; SIGINT: fast, open transactions are rolled back."""
        if self.server is None:
            return
        if self.server.poll() is None:
            self.server.send_signal(how)
        try:
            self.server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()
        self.server = None

    def stop(self):
        self.stop_server()
        if self.directory:
            shutil.rmtree(self.directory, ignore_errors=True)
        if self.watchdog_pipe is not None:
            os.close(self.watchdog_pipe)
            self.watchdog_pipe = None
            self.watchdog.wait()

    def log(self):
        try:
            with open(os.path.join(self.directory, "log"), encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def _program(self, name):
        return os.path.join(self.programs, name)

    def _as_account(self):
        if self.account is None:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def _start_watchdog(self):
        reading, self.watchdog_pipe = os.pipe()
        self.watchdog = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), "--watchdog", str(reading), self.directory],
            pass_fds=[reading], start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, cwd="/")
        os.close(reading)

    def _initialise(self):
        password_file = os.path.join(self.directory, "password")
        with open(password_file, "w", encoding="ascii") as file:
            file.write(self.password)
        if self.account:
            os.chown(self.directory, self.account.pw_uid, self.account.pw_gid)
            os.chown(password_file, self.account.pw_uid, self.account.pw_gid)
        result = subprocess.run(
            [self._program("initdb"), "-D", os.path.join(self.directory, "data"), "-U", USER, "-A", "password",
             "--pwfile", password_file, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
            cwd=self.directory, capture_output=True, text=True, check=False, preexec_fn=die_with_parent(signal.SIGKILL),
            **self._as_account())
        os.remove(password_file)
        if result.returncode != 0:
            raise PostgresError("initdb failed:\n" + result.stdout + result.stderr)

    def _launch(self):
        settings = {**self.settings, "port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self.directory}
        arguments = [item for name, value in settings.items() for item in ("-c", f"{name}={value}")]
        with open(os.path.join(self.directory, "log"), "wb") as log:
            self.server = subprocess.Popen(
                [self._program("postgres"), "-D", os.path.join(self.directory, "data"), *arguments],
                cwd=self.directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGQUIT), **self._as_account())

    def _wait_until_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.server.poll() is None:
            ready = subprocess.run([self._program("pg_isready"), "-q", "-h", self.directory, "-p", str(self.port)], check=False)
            if ready.returncode == 0:
                return True
            time.sleep(0.05)
        self.stop_server()
        return False


def watch(pipe, directory):
    """Waits until our creator has closed the pipe or died, then removes what it has left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while os.read(pipe, 1):
        pass
    if not os.path.isdir(directory):
        return
    deadline = time.monotonic() + STOP_SECONDS
    while (pid := server_of(directory)) and time.monotonic() < deadline:
        os.kill(pid, signal.SIGQUIT)
        time.sleep(0.1)
    if pid := server_of(directory):
        os.kill(pid, signal.SIGKILL)
    # initdb may still have been writing when it was killed.
    for _ in range(20):
        shutil.rmtree(directory, ignore_errors=True)
        if not os.path.isdir(directory):
            return
        time.sleep(0.1)


def server_of(directory):
    """The running server's process id; 0 if there is none."""
    try:
        with open(os.path.join(directory, "data", "postmaster.pid"), encoding="ascii") as file:
            pid = int(file.readline())
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            command = file.read()
    except (OSError, ValueError):
        return 0
    return pid if directory.encode() in command else 0


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] != "--watchdog":
        sys.exit("usage: use with_postgres, or import this module")
    watch(int(sys.argv[2]), sys.argv[3])
