"""CPU time of process trees, load by wrk, and medians of ratios of what ran side by side."""

import os
import re
import statistics
import subprocess

TICKS = os.sysconf("SC_CLK_TCK")
CONNECTIONS = 64


class BenchError(Exception):
    """What went wrong, for people."""


def children_of(pid):
    """The process and all its descendants that are alive."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                parents[int(entry)] = int(stat_fields(int(entry))[1])
            except OSError:
                continue
    family, grown = {pid}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in family} - family
        family |= more
        grown = bool(more)
    return family


def stat_fields(pid):
    """/proc/PID/stat after the command's name: state, ppid, ..."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        return file.read().rpartition(")")[2].split()


def cpu_seconds(pids):
    """User and system time of the processes, their living descendants and the children they have waited for."""
    total = 0
    for root in pids:
        for pid in children_of(root):
            try:
                fields = stat_fields(pid)
            except OSError:
                continue
            total += sum(int(field) for field in fields[11:15])  # utime stime cutime cstime
    return total / TICKS


def wrk(url, seconds, headers=(), threads=1):
    """Requests done; a single wrong answer makes the measurement worthless and raises."""
    command = ["wrk", "-t", str(threads), "-c", str(CONNECTIONS), "-d", f"{seconds}s"]
    for header in headers:
        command += ["-H", header]
    result = subprocess.run([*command, url], capture_output=True, text=True, timeout=seconds + 60, check=False)
    text = result.stdout + result.stderr
    done = re.search(r"(\d+) requests in", text)
    if not done or "Non-2xx" in text or "Socket errors" in text:
        raise BenchError(f"{url}: wrk reports trouble:\n{text}")
    return int(done.group(1)), float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))


class Contestant:
    """One way to do the work: a URL, the processes whose CPU counts, and fields of the request."""

    def __init__(self, name, url, pids, headers=()):
        self.name, self.url, self.pids, self.headers = name, url, list(pids), list(headers)
        self.micros = []  # CPU microseconds per request, one per round
        self.rates = []   # requests per second

    def run(self, seconds):
        before = cpu_seconds(self.pids)
        done, rate = wrk(self.url, seconds, self.headers)
        self.micros.append((cpu_seconds(self.pids) - before) / done * 1e6)
        self.rates.append(rate)

    @property
    def median_micros(self):
        return statistics.median(self.micros)

    @property
    def median_rate(self):
        return statistics.median(self.rates)

    def ratio_to(self, other):
        """Median over the rounds of own CPU per request by the other's of the same round."""
        return statistics.median(mine / theirs for mine, theirs in zip(self.micros, other.micros))


def interleave(contestants, rounds, seconds, say):
    """A B C A B C ...: a disturbance of the machine meets everybody."""
    for contestant in contestants:
        wrk(contestant.url, 1, contestant.headers)  # warms connections, caches and interpreters
    for round_ in range(rounds):
        for contestant in contestants:
            contestant.run(seconds)
            say(f"  round {round_ + 1}: {contestant.name}: {contestant.micros[-1]:.1f} us, {contestant.rates[-1]:.0f}/s")
