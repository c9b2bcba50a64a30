"""One line that says how far it is, how fast and how long still."""

import sys
import time


class Progress:
    def __init__(self, total):
        self.total, self.began, self.shown = total, time.monotonic(), 0.0

    def show(self, done):
        now = time.monotonic()
        if now - self.shown < (0.5 if sys.stderr.isatty() else 10) and done != self.total:
            return
        self.shown = now
        rate = done / max(now - self.began, 0.001)
        filled = 30 * done // self.total
        line = (f"[{'#' * filled}{'.' * (30 - filled)}] {done}/{self.total} reloads, {rate:.1f}/s, "
                f"{(self.total - done) / max(rate, 0.001):.0f} s left")
        print(f"\r{line}" if sys.stderr.isatty() else line, end="" if sys.stderr.isatty() else "\n", file=sys.stderr,
              flush=True)

    def end(self):
        if sys.stderr.isatty():
            print(file=sys.stderr)
