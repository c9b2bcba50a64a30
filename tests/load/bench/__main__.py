"""Compares Gatehouse with nginx, HAProxy and a FastAPI design on this machine: CPU per request, side by side.

Run by `./dev bench`. Absolute numbers belong to the machine; the ratios are what to look at. Each contestant has one
event loop or worker; wrk keeps 64 connections open; CPU is user and system time of all its processes.
"""

import argparse
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from machine import machine  # noqa: E402
from measure import CONNECTIONS, BenchError, interleave  # noqa: E402
from scenarios import SCENARIOS, Field  # noqa: E402
from servers import Servers  # noqa: E402

RESULTS = Path(__file__).resolve().parents[1] / "results"


def say(text):
    print(text, file=sys.stderr, flush=True)


def table(title, contestants):
    measure = contestants[0]
    lines = [f"| {title} | CPU us/request | by the first | requests/s |", "|---|---:|---:|---:|"]
    for one in contestants:
        lines.append(f"| {one.name} | {one.median_micros:.1f} | {one.ratio_to(measure):.2f} | {one.median_rate:,.0f} |")
    return "\n".join(lines)


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build-dir", default="build/release")
    parser.add_argument("--only", choices=SCENARIOS, action="append", help="scenario to run (all by default); may repeat")
    parser.add_argument("--rounds", type=int, default=5, help="how often everybody runs (default 5)")
    parser.add_argument("--seconds", type=int, default=4, help="length of one run (default 4)")
    parser.add_argument("--keep", action="store_true", help="keep the folder with configurations and logs")
    return parser.parse_args()


def main():
    options = arguments()
    chosen = options.only or list(SCENARIOS)
    tables = []
    folder = tempfile.mkdtemp(prefix="gatehouse-bench-")
    with Servers(folder, options.build_dir) as servers:
        field = Field(servers, chosen)
        for name in chosen:
            title, contestants = SCENARIOS[name](field)
            say(f"{name}: {title}")
            interleave(contestants, options.rounds, options.seconds, say)
            tables.append(table(title, contestants))
    if options.keep:
        say(f"kept {folder}")
    else:
        import shutil
        shutil.rmtree(folder, ignore_errors=True)
    command = f"./dev bench --rounds {options.rounds} --seconds {options.seconds}"
    heading = f"`{command}` on {machine()}; wrk with {CONNECTIONS} connections, medians of {options.rounds} interleaved rounds."
    text = heading + "\n\n" + "\n\n".join(tables) + "\n"
    print(text)
    RESULTS.mkdir(exist_ok=True)
    stamp = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
    (RESULTS / f"{stamp}.md").write_text(text)
    say(f"written to {RESULTS / f'{stamp}.md'}")


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"bench: {error}")
