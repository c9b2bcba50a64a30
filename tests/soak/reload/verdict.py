"""What was seen, and whether it is good enough."""

import statistics

SLOPE_KIB_MAX = 1.0     # of resident memory per reload, after the warm-up
P99_RATIO_MAX = 1.5     # during reloads, by the same load without them
WARM_UP = 0.3           # of the reloads: pools, arenas and caches fill
AGAIN = " again"        # of the second measurement's phases


class Verdict:
    def __init__(self, options):
        self.options = options
        self.faults = []
        self.generations = {}   # (service, generation) -> marker
        self.phases = {}        # phase -> [microseconds]
        self.flavours = {}      # (service, flavour) -> count
        self.refusals = {}      # flavour -> count
        self.memory = []        # (reloads, KiB)
        self.reloads = self.mapped = self.measurements = 0
        self.seconds = 0.0
        self.load = {"phases": [], "failures": [], "markers": {}}

    def fault(self, text):
        self.faults.append(text)

    def switched(self, service, flavour, marker, answer):
        if answer.get("result") != "switched":
            self.fault(f"{service}: 200, but {answer}")
            return
        self.generations[service, str(answer["generation"])] = marker
        self.flavours[service, flavour] = self.flavours.get((service, flavour), 0) + 1
        for phase, took in answer.get("phases_us", {}).items():
            self.phases.setdefault(phase, []).append(took)

    def refused(self, service, flavour, status, answer, words):
        key = flavour if words else f"{flavour} cut in half"
        self.refusals[key] = self.refusals.get(key, 0) + 1
        if status not in (409, 422) or answer.get("result") != "refused":
            self.fault(f"{service}: {flavour} should have been refused: {status} {answer}")
        elif words.lower() not in answer.get("reason", "").lower():
            self.fault(f"{service}: {flavour} was refused for another reason than \"{words}\": {answer}")

    # ---- the judgement ----------------------------------------------------------------------------------------------

    def phase(self, name):
        return next((phase for phase in self.load["phases"] if phase["name"] == name), None)

    @property
    def failures(self):
        return sum(int(phase["failures"]) for phase in self.load["phases"])

    @property
    def slope(self):
        """KiB per reload, by least squares."""
        points = self.memory[int(len(self.memory) * WARM_UP):]
        if len(points) < 10:
            return 0.0
        return statistics.linear_regression([x for x, _ in points], [y for _, y in points]).slope

    @property
    def p99_ratios(self):
        """Of each measurement that was made: "idle" and "reload", then "idle again" and "reload again"."""
        pairs = [(self.phase("idle" + which), self.phase("reload" + which)) for which in ("", AGAIN)]
        return [busy["p99_us"] / idle["p99_us"] for idle, busy in pairs if idle and busy and idle["p99_us"]]

    @property
    def p99_ratio(self):
        """The best: what disturbs one measurement is the machine's other work, what disturbs each is ours."""
        return min(self.p99_ratios, default=0.0)

    def wants_another_measurement(self, load):
        """Whether the first one, in this report of the client, misses the bound: the second one decides."""
        self.load = load
        return not self.options.no_latency and self.p99_ratio > P99_RATIO_MAX

    def judge(self):
        for failure in self.load["failures"][:20]:
            self.fault(f"request: {failure}")
        if self.failures > 20:
            self.fault(f"{self.failures} requests failed")
        wanted = self.options.reloads * max(1, self.measurements)
        if self.reloads != wanted:
            self.fault(f"{self.reloads} of {wanted} reloads")
        for service, generations in self.load["markers"].items():
            for generation, marker in generations.items():
                expected = self.generations.get((service, generation))
                if expected is not None and expected != marker:
                    self.fault(f"{service}: generation {generation} is build {expected}, but build {marker} answered")
        if not self.options.no_memory and self.slope >= SLOPE_KIB_MAX:
            self.fault(f"memory grows by {self.slope:.2f} KiB per reload")
        if not self.options.no_latency and self.p99_ratio > P99_RATIO_MAX:
            self.fault(f"p99 is {self.p99_ratio:.2f} times that without reloads, in the better of two measurements")

    def as_json(self):
        return {"faults": self.faults, "reloads": self.reloads, "seconds": round(self.seconds, 2),
                "refused": self.refusals, "failed_requests": self.failures, "mapped_at_the_end": self.mapped,
                "kib_per_reload": round(self.slope, 3),
                "p99_ratios": [round(each, 3) for each in self.p99_ratios], "load": self.load["phases"],
                "phases_us": {name: quantiles(values) for name, values in self.phases.items()},
                "flavours": {f"{service}: {flavour}": count for (service, flavour), count in self.flavours.items()},
                "memory": self.memory[::max(1, len(self.memory) // 200)]}


def quantiles(values):
    ordered = sorted(values)
    return {"median": ordered[len(ordered) // 2], "p99": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]}


def summary(verdict, options):
    answers = sum(int(phase["answers"]) for phase in verdict.load["phases"])
    streams = sum(int(phase["streams"]) for phase in verdict.load["phases"])
    uploads = sum(int(phase["uploads"]) for phase in verdict.load["phases"])
    rows = [("reloads", f"{verdict.reloads} in {verdict.seconds:.1f} s on {options.database}"),
            ("refused, as they must be", f"{sum(verdict.refusals.values())}"),
            ("requests, streams, uploads", f"{answers:,}, {streams:,}, {uploads:,}"),
            ("failed", f"**{verdict.failures}**"),
            ("still mapped at the end", f"{verdict.mapped} files for 6 services"),
            ("memory", f"{verdict.slope:.2f} KiB per reload")]
    for which in ("", AGAIN):
        idle, busy = verdict.phase("idle" + which), verdict.phase("reload" + which)
        if idle and busy and idle["p99_us"]:
            ratio = busy["p99_us"] / idle["p99_us"]
            rows.append((f"p99 idle, reloading{which and ', measured' + which}",
                         f"{idle['p99_us']:.0f} us, {busy['p99_us']:.0f} us ({ratio:.2f} x)"))
    for name, values in verdict.phases.items():
        found = quantiles(values)
        rows.append((f"phase: {name}", f"{found['median'] / 1000:.2f} ms median, {found['p99'] / 1000:.2f} ms p99"))
    lines = ["| reload soak | |", "|---|---|", *[f"| {name} | {value} |" for name, value in rows]]
    if verdict.faults:
        lines += ["", f"{len(verdict.faults)} faults:", *[f"- {fault}" for fault in verdict.faults[:40]]]
    return "\n".join(lines) + "\n"
