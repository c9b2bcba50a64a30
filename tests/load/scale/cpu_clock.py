"""The CPU time of a process, its children and all their threads, to the nanosecond: so that one request can be told from the next,
and from whatever else the machine does."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bench"))

from measure import children_of  # noqa: E402


class CpuClock:
    """pid: None = nobody, whose time is nothing. Threads that begin later are not seen: make one per measurement."""

    def __init__(self, pid):
        self.files = []
        for process in children_of(pid) if pid else ():
            for task in self._tasks(process):
                try:
                    self.files.append(os.open(f"/proc/{process}/task/{task}/schedstat", os.O_RDONLY))
                except FileNotFoundError:
                    continue
        self.last = [0] * len(self.files)

    @staticmethod
    def _tasks(process):
        try:
            return os.listdir(f"/proc/{process}/task")
        except FileNotFoundError:
            return []

    def read(self):
        """Seconds so far."""
        for number, file in enumerate(self.files):
            try:
                self.last[number] = int(os.pread(file, 64, 0).split()[0])
            except ProcessLookupError:  # it has ended: its time stays
                pass
        return sum(self.last) / 1e9

    def close(self):
        for file in self.files:
            os.close(file)
