"""Reads and writes of a social network: Gatehouse against FastAPI + SQLAlchemy + asyncpg behind nginx's auth_request.

Run by `./dev bench social`. Both use one PostgreSQL server with durable commits, the same rows, the same requests and the
same wrk; before anything is measured all answers are compared. CPU is user and system time of all processes of a part.
Gatehouse's share includes handing over its events: a run ends when its outbox is empty.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "bench"), str(HERE.parents[1] / "tools")]

import check  # noqa: E402
import data  # noqa: E402
import report  # noqa: E402
import workload  # noqa: E402
from contestants import SocialServers  # noqa: E402
from measure import BenchError  # noqa: E402
from postgres import Postgres, PostgresError  # noqa: E402
from servers import PYTHON  # noqa: E402

RESULTS = HERE.parent / "results"
DURABLE = {"fsync": "on", "full_page_writes": "on", "shared_buffers": "256MB", "max_connections": "200", "max_wal_size": "2GB"}
STYLES = {
    "models": "nginx + FastAPI, response models",
    "plain": "nginx + FastAPI, rows written as JSON",
}
NEEDED_MODULES = "fastapi, uvicorn, httptools, uvloop, jwt, sqlalchemy, asyncpg, ujson"
SKIPPED = 77  # exit status, as ctest knows it
SMALL = data.Size(readers=5, users=50, posts=300, follows_of_reader=20)


def say(text):
    print(text, file=sys.stderr, flush=True)


def is_installed():
    has_programs = shutil.which("wrk") and Path("/usr/sbin/nginx").exists()
    return has_programs and subprocess.run([PYTHON, "-c", f"import {NEEDED_MODULES}"], check=False).returncode == 0


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench social", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build-dir", default="build/release")
    parser.add_argument("--rounds", type=int, default=5, help="how often everybody runs (default 5)")
    parser.add_argument("--seconds", type=int, default=5, help="length of one run (default 5)")
    parser.add_argument("--each", action="store_true", help="also measure every kind of request by itself")
    parser.add_argument("--alone", action="store_true", help="Gatehouse alone, to profile it; nothing is written")
    parser.add_argument("--smoke", action="store_true", help="little data, one second each, nothing is written: does it run?")
    parser.add_argument("--keep", action="store_true", help="keep the folder with configurations and logs")
    return parser.parse_args()


def prepare(servers, size, styles):
    """Starts everybody, with the same data; returns the contestants and the network."""
    gatehouse, people = servers.gatehouse(size.readers)
    network = data.invent(size, [data.Reader(*one) for one in people])
    say(f"{len(network.posts)} posts, {len(network.likes)} likes, {len(network.comments)} comments, {len(network.follows)} follows")
    data.load_gatehouse(servers.postgres, gatehouse.database, network)
    peers = servers.peers(styles, people)
    if peers:
        data.load_peer(servers.postgres, peers[0].database, network)
    return [gatehouse, *peers], network


def compare(servers, contestants, network, counts):
    """Returns {workload: (requests, [paths of each contestant])} after comparing all answers."""
    reads, writes = workload.reads(network, counts[0]), workload.writes(network, counts[1])
    say("comparing the answers")
    newest = network.posts[-1]["id"]
    result = {"reads": (reads, check.compare(contestants, reads, say))}
    # The peers share a database; each write is for each of them, so they take turns with one whole list.
    result["writes"] = (writes, check.compare(contestants[:2], writes, say))
    check.compare_counters(servers.postgres, contestants[:2], newest)
    result["writes"][1].extend(check.compare(contestants[2:], writes, say))
    return result


def of_kind(requests, paths, kind):
    chosen = [number for number, one in enumerate(requests) if one.kind == kind]
    return [requests[n] for n in chosen], [[of_one[n] for n in chosen] for of_one in paths]


def measure(servers, contestants, workloads, options):
    for name, (requests, paths) in workloads.items():
        say(name)
        files = []
        for one, of_one in zip(contestants, paths):
            files.append(servers.folder / f"{name.replace(' ', '-')}-{len(files)}.txt")
            workload.write_file(files[-1], requests, of_one, one.tokens)
        turns = list(zip(contestants, files))
        for one, file in turns:
            one.measure(servers.postgres, file, 1)  # warms connections, caches and interpreters
        for round_ in range(options.rounds):
            for one, file in turns:
                run = one.measure(servers.postgres, file, options.seconds)
                if run.errors:
                    raise BenchError(f"{one.name}: {run.errors} of {run.requests} requests failed")
                one.runs.setdefault(name, []).append(run)
                say(f"  round {round_ + 1}: {one.name}: {run.micros('gateway', 'services'):.0f} us, database "
                    f"{run.micros('database'):.0f} us, {run.requests / run.seconds:.0f}/s, p99 {run.p99_ms:.1f} ms")


def kinds_of(workloads):
    """Every kind of read by itself. Writes stay together: likes end what likes began."""
    requests, paths = workloads["reads"]
    return {f"reads: {kind}": of_kind(requests, paths, kind) for kind in workload.READS}


def run(options, folder):
    size, counts = (SMALL, (100, 700)) if options.smoke else (data.Size(), (800, 2_000))
    if options.smoke:
        options.rounds, options.seconds = 1, 1
    with Postgres(DURABLE) as postgres, SocialServers(folder, options.build_dir, postgres) as servers:
        contestants, network = prepare(servers, size, {} if options.alone else STYLES)
        workloads = compare(servers, contestants, network, counts)
        if options.each:
            workloads = {**workloads, **kinds_of(workloads)}
        measure(servers, contestants, workloads, options)
        check.recount(postgres, contestants[:2])
        return contestants, list(workloads)


def main():
    options = arguments()
    if options.smoke and not is_installed():
        say("skipped: what deploy/packages/bench.txt lists is not installed")
        sys.exit(SKIPPED)
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-social-"))
    try:
        contestants, names = run(options, folder)
    finally:
        say(f"kept {folder}") if options.keep else shutil.rmtree(folder, ignore_errors=True)
    command = f"./dev bench social --rounds {options.rounds} --seconds {options.seconds}" + (" --each" if options.each else "")
    text = report.markdown(contestants, names, command, options)
    print(text)
    if options.smoke or options.alone:
        return
    RESULTS.mkdir(exist_ok=True)
    stamp = datetime.now(timezone.utc).strftime("social-%Y%m%d-%H%M%S")
    (RESULTS / f"{stamp}.md").write_text(text)
    (RESULTS / f"{stamp}.json").write_text(json.dumps(report.as_json(contestants, command), indent=1) + "\n")
    say(f"written to {RESULTS / stamp}.md and .json")


if __name__ == "__main__":
    try:
        main()
    except (BenchError, PostgresError) as error:
        sys.exit(f"bench: {error}")
