"""Reads a scenario: requests and what is expected of their answers, in a text file that is also documentation."""

import re
from dataclasses import dataclass, field
from pathlib import Path

REQUEST = re.compile(r"^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/\S*)$")
EXPECTATION = re.compile(r"^HTTP (\d{3}(?:\|\d{3})*)$")
FIELD = re.compile(r"^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)$")
DIRECTIVE = re.compile(r"^# (users|moderators|admins): (.+)$")
TIMES = re.compile(r"^# times: (\d+)$")


class Malformed(Exception):
    """The file cannot be understood: which line, and why."""


@dataclass
class Step:
    name: str
    line: int
    prose: list = field(default_factory=list)
    method: str = ""
    target: str = ""
    request_fields: list = field(default_factory=list)
    request_body: str = ""
    statuses: list = field(default_factory=list)
    answer_fields: list = field(default_factory=list)
    answer_body: str = ""  # a pattern; empty = not looked at
    times: int = 1  # each time with this answer


@dataclass
class Scenario:
    path: Path
    title: str
    prose: list
    users: list
    moderators: list
    admins: list
    steps: list


def read(path):
    return parse(Path(path).read_text(encoding="utf-8"), Path(path))


def parse(text, path=Path("scenario")):
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("### ")]
    if not lines or not lines[0].startswith("# "):
        raise Malformed(f"{path}:1: a scenario begins with its title: # ...")
    if not starts:
        raise Malformed(f"{path}: there is no step: ### ...")
    scenario = Scenario(path, lines[0][2:].strip(), [], [], [], [], [])
    for number, line in enumerate(lines[1:starts[0]], start=2):
        if match := DIRECTIVE.match(line):
            getattr(scenario, match[1]).extend(name.strip() for name in match[2].split(","))
        elif line.startswith("#"):
            scenario.prose.append(line[1:].strip())
        elif line.strip():
            raise Malformed(f"{path}:{number}: only comments may stand before the first step")
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        scenario.steps.append(_step(lines[start:end], start + 1, path))
    return scenario


def _step(lines, first, path):
    step = Step(lines[0][4:].strip(), first)
    rest = list(enumerate(lines[1:], start=first + 1))
    while rest and (rest[0][1].startswith("#") or not rest[0][1].strip()):
        prose = rest.pop(0)[1]
        if match := TIMES.match(prose):
            step.times = int(match[1])
        elif prose.startswith("#"):
            step.prose.append(prose[1:].strip())
    if not rest or not (match := REQUEST.match(rest[0][1])):
        raise Malformed(f"{path}:{rest[0][0] if rest else first}: a step begins with METHOD /path")
    step.method, step.target = match[1], match[2]
    border = next((i for i, (_, line) in enumerate(rest) if EXPECTATION.match(line)), None)
    if border is None:
        raise Malformed(f"{path}:{first}: nothing is expected of \"{step.name}\": HTTP 200")
    step.statuses = [int(status) for status in EXPECTATION.match(rest[border][1])[1].split("|")]
    step.request_fields, step.request_body = _fields_and_body(rest[1:border], path)
    step.answer_fields, step.answer_body = _fields_and_body(rest[border + 1:], path)
    return step


def _fields_and_body(numbered, path):
    fields = []
    while numbered and (match := FIELD.match(numbered[0][1])):
        fields.append((match[1], match[2].strip()))
        numbered = numbered[1:]
    body = "\n".join(line for _, line in numbered).strip()
    if body and fields and numbered[0][1].strip():
        raise Malformed(f"{path}:{numbered[0][0]}: an empty line stands between fields and body")
    return fields, body
