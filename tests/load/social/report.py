"""Tables for people, JSON for programs."""

import statistics
from dataclasses import asdict

from machine import machine
from measure import CONNECTIONS

TITLES = {"reads": "Reads: a post 35 %, newest posts 15 %, an author's 15 %, comments 15 %, news feed 20 %",
          "writes": "Writes: like 35 %, take it back 25 %, comment 25 %, new post 15 %"}


def median(runs, of):
    return statistics.median(of(run) for run in runs)


def ratio(ours, theirs):
    """Median over the rounds of requests per CPU second by theirs in the same round."""
    return statistics.median(a.per_cpu_second / b.per_cpu_second for a, b in zip(ours, theirs))


def table(name, contestants):
    gatehouse = contestants[0].runs[name]
    lines = [f"| {TITLES.get(name, name)} | requests per CPU second | Gatehouse by it | CPU us/request: gateway, services | "
             "database | requests/s | p50, p99 ms | errors |", "|---|---:|---:|---:|---:|---:|---:|---:|"]
    for one in contestants:
        runs = one.runs[name]
        parts = [f"{median(runs, lambda run: run.micros(part)):,.0f}" for part in ("gateway", "services") if one.parts[part]]
        lines.append(
            f"| {one.name} | {median(runs, lambda run: run.per_cpu_second):,.0f} | {ratio(gatehouse, runs):.1f} | "
            f"{' + '.join(parts)} | {median(runs, lambda run: run.micros('database')):,.0f} | "
            f"{median(runs, lambda run: run.requests / run.seconds):,.0f} | {median(runs, lambda run: run.p50_ms):.1f}, "
            f"{median(runs, lambda run: run.p99_ms):.1f} | {sum(run.errors for run in runs)} |")
    return "\n".join(lines)


def markdown(contestants, names, command, options):
    heading = (f"`{command}` on {machine()}; wrk with {CONNECTIONS} connections, medians of {options.rounds} interleaved rounds; "
               "one PostgreSQL server, durable commits.")
    return "\n\n".join([heading, *(table(name, contestants) for name in names)]) + "\n"


def as_json(contestants, command):
    return {"command": command, "machine": machine(), "connections": CONNECTIONS,
            "contestants": [{"name": one.name, "runs": {name: [asdict(run) for run in runs] for name, runs in one.runs.items()}}
                            for one in contestants]}
