"""Starts and stops one real process; nothing it prints is lost and nothing it starts outlives the test."""

import ctypes
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
START_SECONDS = 60  # a sanitizer build on a busy machine
STOP_SECONDS = 45   # longer than the drain timeout
SANITIZER_REPORT = re.compile(
    r"ERROR: (Address|Leak|Memory)Sanitizer|WARNING: ThreadSanitizer|runtime error:|SUMMARY: \w+Sanitizer")

_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Program:
    """A child process in its own process group, with its output in a file."""

    def __init__(self, name, arguments, folder, environment=None):
        self.name = name
        self.arguments = [str(argument) for argument in arguments]
        self.folder = Path(folder)
        self.environment = environment or {}
        self.log_path = self.folder / f"{name}.log"
        self.process = None

    def start(self):
        environment = dict(os.environ, NO_COLOR="1", **self.environment)
        environment.setdefault("ASAN_OPTIONS", "detect_leaks=1:check_initialization_order=1:strict_init_order=1")
        environment.setdefault("UBSAN_OPTIONS", "print_stacktrace=1")
        environment.setdefault("TSAN_OPTIONS", "halt_on_error=0:second_deadlock_stack=1")
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.arguments, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=environment, start_new_session=True, preexec_fn=_die_with_parent)
        return self

    @property
    def pid(self):
        return self.process.pid

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace") if self.log_path.exists() else ""

    def log_tail(self, lines=40):
        return "\n".join(self.log().splitlines()[-lines:])

    def send_signal(self, number):
        self.process.send_signal(number)

    def wait_for(self, condition, what, seconds=START_SECONDS):
        """Waits until condition() is true; fails at once when the process ends first."""
        deadline = time.monotonic() + seconds
        while not (result := condition()):
            if not self.is_running():
                raise AssertionError(f"{self.name} ended with {self.process.returncode} before {what}:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.name}: no {what} within {seconds} s:\n{self.log_tail()}")
            time.sleep(0.01)
        return result

    def wait_exit(self, seconds=STOP_SECONDS):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not stop within {seconds} s:\n{self.log_tail()}") from None

    def stop(self):
        """SIGTERM; a clean end is exit status 0 and no sanitizer report."""
        if self.process is None:
            return
        if self.is_running():
            self.send_signal(signal.SIGTERM)
        status = self.wait_exit()
        self._kill_group()
        self.assert_no_sanitizer_report()
        assert status == 0, f"{self.name} ended with {status}:\n{self.log_tail()}"

    def kill(self):
        """SIGKILL for the process and all it started."""
        if self.process is not None:
            self._kill_group()
            self.process.wait()

    def _kill_group(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def assert_no_sanitizer_report(self):
        found = SANITIZER_REPORT.search(self.log())
        assert not found, f"{self.name}: sanitizer report:\n{self.log()[max(0, found.start() - 200):][:8000]}"


def read_ready_file(path):
    """The JSON that `--ready-file` promises once the program serves, or None while it is not there."""
    try:
        return json.loads(Path(path).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
