"""JSON, a table in Markdown, and charts: scale*.* in the folder of results, the last run in place of the one before."""

import json

from chart import Chart

ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def table(result):
    sizes = sorted({run["posts"] for run in result["runs"]})
    lines = ["| engine | request | " + " | ".join(f"{size:,} posts" for size in sizes) + " |",
             "|---|---|" + "---:|" * len(sizes)]
    for engine in dict.fromkeys(run["engine"] for run in result["runs"]):
        runs = {run["posts"]: run for run in result["runs"] if run["engine"] == engine}
        for index, workload in enumerate(next(iter(runs.values()))["workloads"]):
            cells = []
            for size in sizes:
                row = runs[size]["workloads"][index] if size in runs else None
                cells.append(f"{row['p50_ms']:.1f}, {row['p99_ms']:.1f}; {row['gateway_cpu_ms']:.1f} + {row['database_cpu_ms']:.1f}, {row['cpu_p99_ms']:.1f}" if row else "")
            lines.append(f"| {ENGINES[engine]} | {workload['workload']} | " + " | ".join(cells) + " |")
    seeds = ", ".join(f"{ENGINES[run['engine']]} {run['posts']:,} in {run['seed_seconds']:.0f} s" for run in result["runs"])
    loads = ", ".join(str(run["load_before"]) for run in result["runs"])
    return "\n".join(["Milliseconds. p50, p99 of the answer as a client sees it; then CPU time per request: of the gateway with its services "
                      "+ of the database server, and the p99 of both together. One request at a time.", "", *lines, "", f"Seeded: {seeds}.",
                      f"Machine: {result['cores']} cores; load average before each: {loads}. Other work on the machine lengthens p99; CPU time is what "
                      "counts.", ""])


def chart(result, kind, value, title, label, limit=None):
    plot = Chart(title, "posts", label, limit)
    for engine in dict.fromkeys(run["engine"] for run in result["runs"]):
        points = {}
        for run in result["runs"]:
            if run["engine"] != engine:
                continue
            for row in run["workloads"]:
                if row["workload"].startswith(kind):
                    points.setdefault(row["workload"], []).append((run["posts"], max(value(row), 0.01)))
        for name, series in points.items():
            plot.add(f"{name.removeprefix(kind + ', ')}", series, dashed=engine == "postgresql")
    return plot.svg()


def write_report(result, folder):
    folder.mkdir(parents=True, exist_ok=True)
    files = {"scale.json": json.dumps(result, indent=1) + "\n", "scale.md": table(result)}
    for engine in dict.fromkeys(run["engine"] for run in result["runs"]):
        own = {**result, "runs": [run for run in result["runs"] if run["engine"] == engine]}
        name = ENGINES[engine]
        for kind in ("feed", "search"):
            files[f"scale-{kind}-{engine}.svg"] = chart(own, kind, lambda row: row["p99_ms"], f"{kind}, {name}: p99", "ms, p99",
                                                          result["goal_p99_ms"])
            files[f"scale-{kind}-cpu-{engine}.svg"] = chart(own, kind, lambda row: row["cpu_p99_ms"],
                                                              f"{kind}, {name}: p99 of CPU time per request",
                                                              "ms of CPU, gateway and database", result["goal_p99_ms"])
    for name, text in files.items():
        (folder / name).write_text(text)
    return [folder / name for name in files]
