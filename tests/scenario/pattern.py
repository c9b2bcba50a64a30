"""Compares an answer with what a scenario expects, and keeps what it wants to use later.

A pattern is JSON. In an object the named members have to match, others may be there; a list has to have as many members,
unless the last one is "<more>". A string may be one of

    "<any>" "<int>" "<number>" "<bool>" "<string>" "<text>" (a string that is not empty) "<time>" "<uuid>" "</regex/>" "<absent>"

and each but the last may keep what it met: "<int as post>" is {{post}} from then on.
"""

import json
import re

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
PLACEHOLDER = re.compile(r"<(?:(/)(?P<regex>.*)/|(?P<kind>[a-z]+))(?: as (?P<name>[a-z_]+))?>")
VARIABLE = re.compile(r"\{\{([a-z0-9_.]+)\}\}")

KINDS = {
    "any": lambda value: True,
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "bool": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "text": lambda value: isinstance(value, str) and value != "",
    "time": lambda value: isinstance(value, str) and TIME.fullmatch(value) is not None,
    "uuid": lambda value: isinstance(value, str) and UUID.fullmatch(value) is not None,
}


def fill_in(text, variables):
    """Replaces {{name}}; a name that nothing has given is a mistake of the scenario. A function is asked for its value."""
    def value(match):
        if match[1] not in variables:
            raise KeyError(f"nothing has given {{{{{match[1]}}}}}; there are {sorted(variables)}")
        kept = variables[match[1]]
        kept = kept() if callable(kept) else kept
        return kept if isinstance(kept, str) else json.dumps(kept)
    return VARIABLE.sub(value, text)


def differences(pattern, value, kept, where=""):
    """What does not match, as texts that begin with a JSON pointer. Adds to `kept` what the pattern wants kept."""
    if isinstance(pattern, dict):
        if not isinstance(value, dict):
            return [f"{where or '/'}: expected an object, got {value!r}"]
        return [text for name, each in pattern.items() for text in _member(each, value, name, kept, f"{where}/{name}")]
    if isinstance(pattern, list):
        return _list(pattern, value, kept, where)
    if isinstance(pattern, str) and (match := PLACEHOLDER.fullmatch(pattern)):
        return _placeholder(match, value, kept, where)
    return [] if pattern == value and type(pattern) is type(value) else [f"{where or '/'}: expected {pattern!r}, got {value!r}"]


def _member(pattern, value, name, kept, where):
    if pattern == "<absent>":
        return [f"{where}: is there: {value[name]!r}"] if name in value else []
    return differences(pattern, value[name], kept, where) if name in value else [f"{where}: is missing"]


def _list(pattern, value, kept, where):
    if not isinstance(value, list):
        return [f"{where or '/'}: expected a list, got {value!r}"]
    may_go_on = bool(pattern) and pattern[-1] == "<more>"
    wanted = pattern[:-1] if may_go_on else pattern
    if len(value) < len(wanted) or (len(value) > len(wanted) and not may_go_on):
        return [f"{where or '/'}: expected {len(wanted)} members, got {len(value)}: {value!r}"]
    return [text for i, each in enumerate(wanted) for text in differences(each, value[i], kept, f"{where}/{i}")]


def _placeholder(match, value, kept, where):
    if match["regex"] is not None:
        matches = isinstance(value, str) and re.fullmatch(match["regex"], value) is not None
    elif match["kind"] in KINDS:
        matches = KINDS[match["kind"]](value)
    else:
        raise ValueError(f"<{match['kind']}> is no pattern; there are {', '.join(KINDS)}, absent and /regex/")
    if matches and match["name"]:
        kept[match["name"]] = value
    return [] if matches else [f"{where or '/'}: expected {match[0]}, got {value!r}"]
