"""Fifty people at random for a minute; afterwards every counter equals a recount, and nobody has seen what is not theirs.

Run by `./dev soak social`. Users with real logins write, edit, hide, share and delete posts, like, comment, follow and read,
over keep-alive connections. A checker looks at every answer: each text carries a mark of its author, its post and its
generation, so that it is known whether its reader may have been allowed to see it at a moment between the question and
the answer. Then the databases are counted again.
"""

import argparse
import asyncio
import random
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "integration"), str(HERE.parents[1] / "tools")]
sys.dont_write_bytecode = True

import recount  # noqa: E402
from actor import Actor, Passer, Town  # noqa: E402
from checker import Faults  # noqa: E402
from databases import PostgresqlDatabases, SqliteDatabases  # noqa: E402
from streams import read_events  # noqa: E402
from world import World  # noqa: E402

from harness import gatehouse, site as sites  # noqa: E402
from postgres import Postgres  # noqa: E402

PASSERS = 3
STREAMS = 4
LEAVERS = 6             # whose accounts are deleted while the others go on
SETTLED_SECONDS = 120   # for events to come through, and for what the leavers leave to be removed
FEED_PAGES = 200


def arguments():
    parser = argparse.ArgumentParser(prog="./dev soak social", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build-dir", default="build/release")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--kill", action="store_true", help="kill -9 the gateway in the middle and start it again")
    parser.add_argument("--lag", type=float, default=None,
                        help="seconds that posts may be behind the followings (default 5; 30 with a sanitizer)")
    parser.add_argument("--seed", type=int, default=None, help="of what is done; its interleaving is not repeated")
    parser.add_argument("--sabotage", choices=("leak", "counter"), help="break something on purpose: it has to be found")
    parser.add_argument("--keep", action="store_true", help="keep the folder with configuration and logs")
    return parser.parse_args()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def configuration():
    shown = sites.shipped_configuration()
    shown["gateway"]["listen"] = [{"at": f"127.0.0.1:{free_port()}"}]  # the same one after a restart
    return shown


async def join(town, number):
    """A new account and a login."""
    actor = Actor(town, number)
    actor.name, actor.password = f"user{number}", sites.PASSWORD
    body = {"username": actor.name, "email": f"{actor.name}@example.com", "password": actor.password}
    answer = await actor.send("POST", "/api/auth/register", body, expect=(201,))
    actor.id = answer.json()["user"]["id"]
    await actor.log_in()
    town.actors.append(actor)
    town.number_of[actor.id] = number


async def kill_and_restart(town, site):
    town.may_lose = True
    town.is_up.clear()
    begun = time.monotonic()
    town.world.outages.append((begun, float("inf")))
    site.gateway.kill()
    site.gateway.start()    # in this thread: the gateway ends with the thread that started it
    town.world.outages[-1] = (begun, time.monotonic())
    town.is_up.set()
    await asyncio.sleep(3)
    town.may_lose = False


def open_everything(town, databases):
    """Sabotage: in the copy that posts has, everybody follows everybody."""
    for follower in town.actors:
        pairs = ", ".join(f"({follower.id}, {other.id})" for other in town.actors if other is not follower)
        databases.change("posts", f"insert into follows (follower_id, author_id) values {pairs} on conflict do nothing")


async def settle(town, databases):
    """Waits until every event has come through, nothing is left of leavers, and the last views are written."""
    deadline = time.monotonic() + SETTLED_SECONDS
    gone = [actor.id for actor in town.actors if actor.is_gone]

    def left():
        return recount.waiting(databases), recount.left_by(databases, gone)

    while any(await asyncio.to_thread(left)) and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
    events, rows = left()
    if events or rows:
        town.faults.add(f"after {SETTLED_SECONDS} s {events} events have not come through, and {rows} rows are left of people "
                        f"who are gone")
    await asyncio.sleep(2.5)    # views are written once a second


async def wrong_feeds(town, databases):
    """Faults of feeds, page by page, by what the databases say."""
    faults = []
    for actor in town.actors:
        if actor.is_gone:
            continue
        wanted, shown, cursor = recount.feed_of(databases, actor.id), [], ""
        for _ in range(FEED_PAGES):
            page = (await actor.send("GET", "/api/newsfeed?limit=100" + cursor)).json()
            shown += [item["id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        if shown != wanted:
            missing = [id for id in wanted if id not in set(shown)]
            faults.append(f"the feed of {actor.number} has {len(shown)} posts, should have {len(wanted)}; "
                          f"missing {missing[:5]}, not to be there {[id for id in shown if id not in set(wanted)][:5]}")
    return faults


async def settled_faults(town, databases, options):
    """What a recount finds, also when it is repeated: a job that tidies up may come between two of its questions."""
    for _ in range(3):
        found = (recount.counters(databases) + recount.copies(databases) +
                 recount.ledger(databases, town, options.kill) +
                 recount.search_index(databases, options.database == "sqlite") + await wrong_feeds(town, databases))
        if not found or options.sabotage:
            break
        await settle(town, databases)
    return found


async def live(town, site, databases, options):
    people = town.actors + [Passer(town) for _ in range(PASSERS)]
    tasks = [asyncio.create_task(person.live()) for person in people]
    streams = [asyncio.create_task(read_events(town, actor)) for actor in town.actors[:STREAMS]]
    begun = time.monotonic()
    for actor in town.actors[-LEAVERS:] if options.sabotage is None else []:
        actor.leaves_at = begun + options.seconds * town.rng.uniform(0.3, 0.9)
    if options.kill:
        await asyncio.sleep(options.seconds / 2)
        await kill_and_restart(town, site)
    if options.sabotage == "leak":
        await asyncio.sleep(options.seconds / 2)
        open_everything(town, databases)
    await asyncio.sleep(max(0.0, begun + options.seconds - time.monotonic()))
    town.stopping = True
    for failure in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(failure, BaseException):
            raise failure
    for stream in streams:
        stream.cancel()
    await asyncio.gather(*streams, return_exceptions=True)


async def run(options, site, databases, faults):
    host, _, port = site.address.rpartition(":")
    world = World(options.lag)
    town = Town(world, faults, host, int(port), random.Random(options.seed))
    for number in range(options.users):
        await join(town, number)
    begun = time.monotonic()
    await live(town, site, databases, options)
    seconds = time.monotonic() - begun
    begun = time.monotonic()
    await settle(town, databases)
    if options.sabotage == "counter":
        databases.change("posts", "update posts set likes = likes + 1 where id in (select max(id) from posts)")
    for fault in await settled_faults(town, databases, options):
        faults.add(fault)
    return summary(town, options, seconds, time.monotonic() - begun)


def summary(town, options, seconds, settled):
    took = sorted(town.checker.took)
    median, p99, longest = (1000 * took[int(part * (len(took) - 1))] for part in (0.5, 0.99, 1))
    rows = [("people", f"{options.users} with a login, {PASSERS} without, {STREAMS} live feeds; {sum(actor.is_gone for actor in town.actors)} left"),
            ("answers checked", f"{town.checker.answers:,} in {seconds:.0f} s ({town.checker.answers / seconds:,.0f}/s)"),
            ("median, p99, longest", f"{median:.1f} ms, {p99:.0f} ms, {longest:.0f} ms (the machine is this driver's as well)"),
            ("texts checked", f"{town.checker.texts:,}; {town.events:,} events of live feeds"),
            ("posts, comments", f"{len(town.world.by_id):,}, {sum(len(actor.comments) for actor in town.actors):,}"),
            ("without an answer", f"{town.lost}" + (" (killed on purpose)" if options.kill else "")),
            ("posts behind the followings", f"{town.world.lag_seen * 1000:.0f} ms at most"),
            ("settled and counted again", f"{settled:.1f} s")]
    return "\n".join([f"| social soak, {options.database} | |", "|---|---|", *[f"| {a} | {b} |" for a, b in rows]])


def judge(options, faults):
    """The exit status. What was broken on purpose has to be found, and nothing else is to be."""
    for fault in faults:
        print(f"- {fault}")
    if faults.count > len(faults):
        print(f"- and {faults.count - len(faults)} more")
    if options.sabotage is None:
        return 1 if faults.count else 0
    words = {"leak": "is not for this reader", "counter": "likes: 1 wrong"}[options.sabotage]
    is_found = any(words in fault for fault in faults)
    print("the sabotage was found" if is_found else f"the sabotage was not found: nothing says {words!r}")
    return 0 if is_found else 1


def main():
    options = arguments()
    options.seed = random.randrange(1 << 30) if options.seed is None else options.seed
    print(f"seed {options.seed}", flush=True)
    gatehouse.BINARY = Path(options.build_dir).resolve() / "bin" / "gatehouse"
    if options.lag is None:
        options.lag = 30 if gatehouse.has_sanitizer() else 5
    folder, faults = Path(tempfile.mkdtemp(prefix="gatehouse-social-")), Faults()
    server = Postgres() if options.database == "postgresql" else None
    try:
        url = None
        if server:
            server.start()
            url = server.create_database("gatehouse_soak")
        databases = PostgresqlDatabases(url) if url else SqliteDatabases(folder / "var" / "data")
        try:
            with sites.Site(folder, configuration(), url) as site:
                print(asyncio.run(run(options, site, databases, faults)))
        except AssertionError as error:
            faults.add(str(error))
    finally:
        if server:
            server.stop()
    status = judge(options, faults)
    if options.keep or status:
        print(f"kept {folder}", file=sys.stderr)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
