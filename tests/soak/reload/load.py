"""The load client as the driver sees it: a plan, phases, a report."""

import json
import subprocess
import threading

STEADY = "soak_steady"   # never reloaded: its streams must not notice anything
WHOLE = "soak_a"         # all routes of the plugin in C
MIXED = "soak_b"         # changes its toolchain; has what all of them have


def plan(rate, token, post, connections=32):
    """The lines that soak_client reads."""
    lines = [f"field auth Authorization: Bearer {token}",
             f"askers {connections} {rate}",
             "target - GET /api/auth/me 200 auth",
             "target - GET /api/posts?limit=5 200 -",
             f"target - GET /api/posts/{post} 200 auth",
             'target - POST /api/posts 201 auth {"text": "written while plugins come and go"}']
    lines += [f"target {WHOLE} GET /soak/{WHOLE}/{place} 200 -" for place in ("now", "later", "work", "worker")]
    lines += [f"target {MIXED} GET /soak/{MIXED}/{place} 200 -" for place in ("now", "later", "work")]
    lines += [f"target {STEADY} GET /soak/{STEADY}/now 200 auth"]
    lines += [f"follow 4 {STEADY} /soak/{STEADY}/events?every=20 0",
              f"follow 4 {WHOLE} /soak/{WHOLE}/events?every=15&count=20 20",
              f"upload 2 {STEADY} /soak/{STEADY}/upload 200 20",
              f"upload 4 {WHOLE} /soak/{WHOLE}/upload 20 15"]
    return "\n".join(lines) + "\n"


class Load:
    """A running soak_client."""

    def __init__(self, program, address, plan_text, folder):
        path = folder / "plan.txt"
        path.write_text(plan_text)
        self.process = subprocess.Popen([str(program), address, str(path)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.lock = threading.Lock()

    def _say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def phase(self, name):
        with self.lock:
            self._say(f"phase {name}")

    def report(self):
        with self.lock:
            self._say("report")
            return json.loads(self.process.stdout.readline())

    def stop(self):
        if self.process.poll() is None:
            self._say("stop")
            self.process.stdin.close()
        return self.process.wait(30)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
