"""What is asked, and what is counted."""

import itertools
import json
import math
import sys
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent))

from cpu_clock import CpuClock  # noqa: E402
from probe import Probe  # noqa: E402

# From the word lists of sdk/seed/data: in most posts, in some, in few, and two and three words at once.
SEARCHES = {
    "search, common word, English": ["book", "old", "good", "found"],
    "search, common word, Russian": ["старый", "это", "хорошо", "дома"],
    "search, rare word, English": ["zeppelins", "campanology", "sextant", "obstinate"],
    "search, rare word, Russian": ["дирижабли", "астролябию", "колокола", "спелеология"],
    "search, two words, English": ["old bicycle", "blue lamp", "-book garden", "quiet library"],
    "search, two words, Russian": ["старую книгу", "новый самовар", "-книга велосипед", "тихо дома"],
    "search, phrase": ['"it was quite"', '"нет ничего лучше"', '"small update"', '"кто знает"'],
    "search, words that never meet": ["zeppelins астролябию", "balalaika зонт", "velvet спелеология", "saffron дирижабли"],
}


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, math.ceil(share * len(times)) - 1)]


class Bench:
    """A running installation. gateway_pid and database_pid: whose CPU counts, with all their children."""

    def __init__(self, address, gateway_pid, database_pid, readers):
        self.probe = Probe(address)
        self.gateway_pid, self.database_pid = gateway_pid, database_pid
        self.readers = readers  # tokens of people who follow a thousand

    def run(self, name, requests, count):
        """Makes `count` of the requests (path, token) in turn and says what they took."""
        turn = itertools.cycle(requests)
        for _ in range(min(count, 4 * len(requests), 200)):
            self.probe.get(*next(turn))
        gateway, database = CpuClock(self.gateway_pid), CpuClock(self.database_pid)
        times, gateway_cpu, database_cpu, items = [], [], [], []
        for number in range(count):
            before = gateway.read(), database.read()
            taken, body = self.probe.get(*next(turn))
            gateway_cpu.append(gateway.read() - before[0])
            database_cpu.append(database.read() - before[1])
            times.append(taken)
            if number < len(requests):
                items.append(len(json.loads(body)["items"]))
        both = [one + other for one, other in zip(gateway_cpu, database_cpu)]
        gateway.close()
        database.close()

        def ms(seconds):
            return round(seconds * 1e3, 3)

        return {"workload": name, "requests": count, "items": sum(items) / len(items),
                "p50_ms": ms(percentile(times, 0.5)), "p99_ms": ms(percentile(times, 0.99)), "max_ms": ms(max(times)),
                "gateway_cpu_ms": ms(sum(gateway_cpu) / count), "database_cpu_ms": ms(sum(database_cpu) / count),
                "cpu_p50_ms": ms(percentile(both, 0.5)), "cpu_p99_ms": ms(percentile(both, 0.99))}

    def feed_kept(self, count):
        return self.run("feed, first page, kept", [("/api/newsfeed", self.readers[0])], count)

    # REQUIRES: the service keeps the feed of one reader only, so that each of several is pulled each time.
    def feed_pulled(self, count):
        return self.run("feed, first page, pulled", [("/api/newsfeed", token) for token in self.readers], count)

    def feed_deep(self, count):
        """Pages behind what is kept, each pulled by the database: the 15th and further."""
        token, path, pages = self.readers[0], "/api/newsfeed", []
        for page in range(40):
            if page >= 14:
                pages.append((path, token))
            cursor = json.loads(self.probe.get(path, token)[1])["next_cursor"]
            if cursor is None:
                break
            path = f"/api/newsfeed?cursor={quote(cursor)}"
        return self.run("feed, 15th to 40th page", pages, count)

    def searches(self, count):
        for name, words in SEARCHES.items():
            yield self.run(name, [(f"/api/posts/search?q={quote(word)}", None) for word in words], count)
