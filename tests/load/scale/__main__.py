"""Feed and search as the number of posts grows: seeds installations on SQLite and PostgreSQL, asks through the gateway, and
writes latencies and CPU time per request as JSON, a table and charts to tests/load/results/."""

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
RESULTS = HERE.parent / "results"
GOAL_MS = 10


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench scale", description=__doc__)
    parser.add_argument("--build-dir", default="build/release")
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--posts", default="10000,100000,1000000", help="sizes, with commas")
    parser.add_argument("--engines", default="sqlite,postgresql")
    parser.add_argument("--requests", type=int, default=1_000, help="of each kind")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", help="keeps the installations there and uses those that it finds (a temporary one)")
    parser.add_argument("--postgres", help="URL of a running server whose CPU is counted by --postgres-pid (one is started)")
    parser.add_argument("--postgres-pid", type=int)
    parser.add_argument("--results", default=str(RESULTS))
    return parser.parse_args()


def say(text):
    print(text, file=sys.stderr, flush=True)


class Engines:
    """Where databases are made: a folder, or a PostgreSQL server that is started when it is first needed."""

    def __init__(self, options, folder):
        self.options, self.folder, self.server = options, folder, None

    def installation(self, engine, plan):
        from installations import Installation
        name = f"scale_{engine}_{plan[0]}_{plan[1]}_{plan[2]}"
        storage = self._database(name) if engine == "postgresql" else None
        return Installation(self.folder / name, storage, plan)

    def pid(self, engine):
        if engine == "sqlite":
            return None
        return self.options.postgres_pid if self.options.postgres else self.server.server.pid

    def _database(self, name):
        import postgres
        if self.options.postgres:
            import subprocess
            url = self.options.postgres.rpartition("/")[0]
            subprocess.run(["psql", f"{url}/postgres", "-Xqc", f'create database "{name}"'], stderr=subprocess.DEVNULL, check=False)
            return f"{url}/{name}"
        if self.server is None:
            postgres.SETTINGS.update({"shared_buffers": "1GB", "max_wal_size": "2GB"})
            self.server = postgres.Postgres()
            self.server.start()
        return self.server.create_database(name)

    def close(self):
        if self.server:
            self.server.stop()


def measure(installation, database_pid, count):
    """Two runs of the gateway: one keeps feeds, as shipped; in the other one every first page is pulled."""
    from workloads import Bench
    rows = []
    for kept in (5_000, 1):
        with installation.site(readers_cached=kept) as site:
            bench = Bench(site.address, site.gateway.pid, database_pid, installation.log_in_readers(site))
            if kept == 1:
                rows.append(bench.feed_pulled(count))
            else:
                rows += [bench.feed_kept(count), bench.feed_deep(count), *bench.searches(count)]
            bench.probe.close()
    for row in rows:
        say(f"  {row['workload']:34} p50 {row['p50_ms']:8.2f} ms  p99 {row['p99_ms']:8.2f} ms  CPU: gateway {row['gateway_cpu_ms']:6.2f} ms  "
            f"database {row['database_cpu_ms']:6.2f} ms  p99 {row['cpu_p99_ms']:6.2f} ms  ({row['items']:.0f} items)")
    return rows


def run(options, keep):
    """keep(result): called whenever an installation has been measured."""
    os.environ["GATEHOUSE_BUILD_DIR"] = str(Path(options.build_dir).resolve())
    sizes = [int(size) for size in options.posts.split(",")]
    folder = Path(options.folder or tempfile.mkdtemp(prefix="gatehouse-scale-"))
    engines = Engines(options, folder)
    result = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "cores": os.cpu_count(), "machine": platform.machine(),
              "goal_p99_ms": GOAL_MS, "runs": []}
    try:
        for engine in options.engines.split(","):
            for posts in sizes:
                say(f"{engine}, {posts} posts")
                installation = engines.installation(engine, (options.users, posts, options.seed))
                seeded = installation.seed(say)
                load = round(os.getloadavg()[0], 2)
                rows = measure(installation, engines.pid(engine), options.requests)
                result["runs"].append({"engine": engine, "posts": posts, "users": options.users, "seed_seconds": seeded["seconds"],
                                       "load_before": load, "workloads": rows})
                keep(result)
    finally:
        engines.close()
        if not options.folder:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    chosen = arguments()
    from report import write_report
    run(chosen, lambda result: write_report(result, Path(chosen.results)))
    say(f"wrote {chosen.results}/scale*")
