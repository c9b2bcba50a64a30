"""The routes that services declare, and which of them answers a request."""

import re


class RouteTable:
    """Of a site whose services are all in the gateway's own process."""

    def __init__(self, site):
        listed = site.admin().get("/plugins").expect(200).json()
        assert listed["plugins"] and not listed["children"], "a service that runs elsewhere does not tell its routes here"
        self.internal = {}  # (method, pattern) -> whether only services may call it
        for plugin in listed["plugins"]:
            for route in plugin["routes"]:
                self.internal[route["method"], route["pattern"]] = route["internal"]

    def find(self, method, target):
        """The pattern; None if nobody answers. `{...}` in the target stands for a segment that is not known yet."""
        path = target.split("?")[0].rstrip("/")
        method = "GET" if method == "HEAD" else method
        found = [pattern for (each, pattern) in self.internal if each == method and _matches(pattern, path)]
        return max(found, key=_literal_segments, default=None)


def _segments(path):
    return path.strip("/").split("/")


def _literal_segments(pattern):
    return [not segment.startswith("{") for segment in _segments(pattern)]


def _matches(pattern, path):
    wanted, given = _segments(pattern), _segments(path)
    return len(wanted) == len(given) and all(_takes(one, other) for one, other in zip(wanted, given))


def _takes(wanted, given):
    if not wanted.startswith("{"):
        return wanted == given
    return not wanted.endswith(":int}") or "{" in given or re.fullmatch(r"-?\d+", given) is not None
