"""Before anything is measured: everybody answers everything, with the right status and with the same meaning."""

import http.client
import json
from datetime import datetime
from urllib.parse import urlencode

from measure import BenchError
from workload import text_of

# What is its own in each: views are counted by Gatehouse alone, ids and times of new things are made by each.
OWN_ALWAYS = ("views",)
OWN_IF_NEW = ("id", "created_at", "updated_at")


class Asker:
    """One connection to a contestant."""

    def __init__(self, contestant):
        self.contestant = contestant
        self.connection = http.client.HTTPConnection(contestant.address, timeout=60)

    def ask(self, request, path=None):
        path = path or request.path
        headers = {"Authorization": f"Bearer {self.contestant.tokens[request.reader]}"}
        body = None
        if request.body is not None:
            headers["Content-Type"], body = "application/json", text_of(request.body).encode()
        self.connection.request(request.method, path, body, headers)
        response = self.connection.getresponse()
        text = response.read()
        if response.status != request.status:
            raise BenchError(f"{self.contestant.name}: {request.method} {path}: {response.status}, not {request.status}: "
                             f"{text[:500]!r}")
        return json.loads(text) if text else None

    def path_of(self, request):
        """With the cursor of the second page; where there is none, the first page again."""
        if not request.is_second_page:
            return request.path
        cursor = self.ask(request)["next_cursor"]
        if cursor is None:
            return request.path
        return request.path + ("&" if "?" in request.path else "?") + urlencode({"cursor": cursor})


def meaning(value, own):
    if isinstance(value, list):
        return [meaning(item, own) for item in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for name, item in value.items():
        if name in own:
            continue
        if name == "next_cursor":
            item = item is not None
        elif name.endswith("_at") and item is not None:
            item = datetime.fromisoformat(item).timestamp()
        result[name] = meaning(item, own)
    return result


def compare(contestants, requests, say):
    """Asks everybody everything, compares all bodies, and returns the paths with cursors of each contestant."""
    if not contestants:
        return []
    askers = [Asker(contestant) for contestant in contestants]
    all_paths = [[] for _ in askers]
    for request in requests:
        own = OWN_ALWAYS if request.method == "GET" else OWN_ALWAYS + OWN_IF_NEW
        first = None
        for number, asker in enumerate(askers):
            path = asker.path_of(request)
            all_paths[number].append(path)
            meant = meaning(asker.ask(request, path), own)
            if number == 0:
                first = meant
            elif meant != first:
                raise BenchError(f"{request.method} {request.path} means two things:\n{askers[0].contestant.name}: {first}\n"
                                 f"{asker.contestant.name}: {meant}")
    say(f"  {len(requests)} requests: the same statuses and bodies from everybody")
    return all_paths


COUNTERS = """select coalesce(md5(string_agg(id || ' ' || likes || ' ' || comments, ',' order by id)), '')
              from {0}posts where id <= {1}"""
WRONG = """select count(*) from {0}posts p where likes <> (select count(*) from {0}likes l where l.post_id = p.id)
           or comments <> (select count(*) from {0}comments c where c.post_id = p.id)"""


def compare_counters(server, contestants, newest):
    """After the same writes the posts that everybody had from the beginning have the same counters."""
    digests = {one.name: server.sql(COUNTERS.format(one.schema, newest), one.database) for one in contestants}
    if len(set(digests.values())) != 1:
        raise BenchError(f"the counters of posts differ after the same writes: {digests}")


def recount(server, contestants):
    for one in contestants:
        wrong = server.sql(WRONG.format(one.schema), one.database)
        if wrong != "0":
            raise BenchError(f"{one.name}: {wrong} posts have counters that are not what a recount says")
