"""Sends generated requests to every operation of the documents, in rounds, until the time is over, and collects the answers
that no document allows. The same seed sends the same requests, but for what the services themselves make up."""

import json
import random
import time
from collections import Counter, defaultdict
from dataclasses import replace

import judge
from plan import Planner
from world import ROLES, World

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


FOUND_MAX = 20


class Fuzzer:
    def __init__(self, operations, address, operator, operator_token, seed):
        self.random = random.Random(seed)
        self.operations = operations
        self.address = address
        self.seed = seed
        self.world = World(self.random, address, operator, operator_token, {operation.path for operation in operations})
        self.planner = Planner(self.random, self.world)
        self.statuses = defaultdict(Counter)  # operation -> status -> times
        self.sent = 0
        self.found = {}  # (operation, kind of complaint) -> the first case of it, told
        self.paths = defaultdict(set)
        for operation in operations:
            self.paths[operation.path].add(operation.method)

    def run(self, seconds):
        """At least one round, whatever the time. Returns what is wrong, as texts."""
        until = time.monotonic() + seconds
        for operation in self._creators_first():
            for role in ROLES:
                self.ask(operation, role, good=True)
        while True:
            for operation in self.random.sample(self.operations, len(self.operations)):
                self.ask(operation, good=self.random.random() < 0.35)
                if time.monotonic() > until or len(self.found) >= FOUND_MAX:
                    return list(self.found.values())

    def _creators_first(self):
        order = {"POST": 0, "PUT": 1, "GET": 2, "PATCH": 3, "DELETE": 4}
        return sorted(self.operations, key=lambda operation: (order[operation.method], len(operation.inputs("path")), operation.name))

    def ask(self, operation, role=None, good=False):
        case = self.planner.case(operation, role, good)
        answer = self.send(case)
        self._note(case, answer, judge.complaints(case, answer))
        self.statuses[operation.name][answer.status] += 1
        self.world.learn(case, answer)
        if answer.status == 401 and judge.NOBODY not in case.flaws:
            self.world.check_actor(case.role)
        if not operation.is_stream and self.random.random() < 0.2:
            self._vary(case, answer)

    def send(self, case):
        self.sent += 1
        return self.world.wire.send(case.method, case.target, case.fields(), case.body)

    def _vary(self, case, answer):
        """The same path with HEAD, or with a method that it does not have."""
        if case.method == "GET" and answer.status != 429:
            headed = replace(case, method="HEAD")
            got = self.send(headed)
            if got.status != answer.status:  # an event may have made it, or taken it away, in between
                answer = self.send(case)
            self._note(headed, got, judge.head_complaints(answer, got))
        elif self.random.random() < 0.3:
            method = self.random.choice([one for one in METHODS if one not in self.paths[case.operation.path]] or ["TRACE"])
            other = replace(case, method=method, flaws=["the path has no such method"])
            got = self.send(other)
            if not any(_matches(path, case.path) for path, methods in self.paths.items() if method in methods):
                found = [f"answered {got.status} to {method}"] if got.status < 400 or got.status >= 500 else []
                self._note(other, got, found)

    def _note(self, case, answer, found):
        key = (case.operation.name, kind_of(found))
        if not found or key in self.found:
            return
        case, answer, found = self._smaller(case, answer, found)
        lines = [f"{case.operation.name} as {case.role} (seed {self.seed}, request {self.sent})", *[f"  {text}" for text in found[:10]],
                 f"  {case.curl(self.address)}", f"  {answer!r}"]
        self.found[key] = "\n".join(lines)

    def _smaller(self, case, answer, found):
        """Leaves out what does not matter, one part after the other, as long as the same is wrong."""
        kind = kind_of(found)
        for _ in range(10):
            changed = False
            for smaller in _parts_left_out(case):
                again = self.send(smaller)
                still = judge.complaints(smaller, again) if smaller.method != "HEAD" else []
                if kind_of(still) == kind:
                    case, answer, found, changed = smaller, again, still, True
                    break
            if not changed:
                break
        return case, answer, found

    def report(self):
        """What was answered how often, and which operations never succeeded."""
        lines = [f"{self.sent} requests, seed {self.seed}"]
        for operation in sorted(self.operations, key=lambda one: (one.service, one.path)):
            counts = self.statuses[operation.name]
            told = " ".join(f"{status}:{count}" for status, count in sorted(counts.items()))
            never = "" if operation.internal or any(status < 400 for status in counts) else "  never succeeded"
            lines.append(f"{operation.service:14}{operation.name:50}{told}{never}")
        return "\n".join(lines)


def kind_of(found):
    return tuple(sorted({text.partition(":")[0][:60] for text in found}))


def _parts_left_out(case):
    for index in range(len(case.headers)):
        yield replace(case, headers=case.headers[:index] + case.headers[index + 1:])
    for index in range(len(case.query)):
        yield replace(case, query=case.query[:index] + case.query[index + 1:])
    if case.body is not None and case.method in ("GET", "DELETE"):
        yield replace(case, body=None)
    if isinstance(case.value, dict):
        yield from _members_left_out(case)


def _members_left_out(case):
    """As wrong as before, or as right."""
    schema = case.operation.bodies["application/json"]
    was_wrong = bool(case.operation.api.request_errors(schema, case.value))
    for name in case.value:
        value = {key: one for key, one in case.value.items() if key != name}
        if bool(case.operation.api.request_errors(schema, value)) == was_wrong:
            yield replace(case, value=value, body=json.dumps(value).encode())


def _matches(template, path):
    parts, given = template.split("/"), path.rstrip("/").split("/")
    return len(parts) == len(given) and all(part.startswith("{") or part == one for part, one in zip(parts, given))
