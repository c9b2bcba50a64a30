"""Seeded installations: a folder with the shipped configuration, its databases, and a gateway that runs on them."""

import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TESTS = HERE.parents[1]
sys.path[:0] = [str(TESTS / "integration"), str(TESTS / "tools")]

from harness.client import Client  # noqa: E402
from harness.gatehouse import BINARY  # noqa: E402
from harness.site import PASSWORD, Site, shipped_configuration  # noqa: E402

FOLLOWED = 1000  # by the readers whose feeds are measured
READERS = 20


class Installation:
    """storage: a PostgreSQL URL, or None for SQLite in the folder."""

    def __init__(self, folder, storage, plan):
        self.folder, self.storage, self.plan = Path(folder), storage, plan
        self.folder.mkdir(parents=True, exist_ok=True)

    def site(self, **subscriptions):
        configuration = shipped_configuration()
        configuration["services"]["subscriptions"]["config"].update(subscriptions)
        # A token for all of a long run.
        configuration["services"]["auth"]["config"]["access_lifetime"] = "12h"
        return Site(self.folder, configuration, self.storage)

    def seed(self, say):
        """Once; what it took is kept in the folder."""
        done = self.folder / "seeded.json"
        if done.exists():
            return json.loads(done.read_text())
        site = self.site()
        site.write_routes()
        users, posts, seed = self.plan
        say(f"seeding {users} users and {posts} posts")
        begun = time.monotonic()
        subprocess.run([BINARY, "seed", "--users", str(users), "--posts", str(posts), "--seed", str(seed), "--config", site.routes_file,
                        "--password-stdin"], cwd=self.folder, input=PASSWORD, text=True, check=True, stdout=subprocess.DEVNULL)
        result = {"users": users, "posts": posts, "seconds": round(time.monotonic() - begun, 1)}
        if self.storage:  # what autovacuum does within minutes
            subprocess.run(["psql", self.storage, "-Xqc", "vacuum analyze"], check=True)
        done.write_text(json.dumps(result))
        return result

    def rows(self, service, statement):
        if self.storage:
            done = subprocess.run(["psql", self.storage, "-XAtq", "-F", "\t"], input=f'set search_path = "{service}";\n{statement};',
                                  text=True, check=True, capture_output=True)
            return [line.split("\t") for line in done.stdout.splitlines() if line]
        with sqlite3.connect(f"file:{self.folder}/var/data/{service}.db?mode=ro", uri=True) as database:
            rows = [[str(value) for value in row] for row in database.execute(statement)]
        database.close()
        return rows

    def log_in_readers(self, site):
        """Tokens of some who follow a thousand."""
        found = self.rows("subscriptions", f"select user_id from readers where version = {FOLLOWED} order by user_id limit {READERS}")
        if not found:
            raise SystemExit(f"nobody follows {FOLLOWED}: more users are needed")
        ids = ", ".join(row[0] for row in found)
        tokens = []
        with Client(site.address) as client:
            for name, in self.rows("auth", f"select username from users where id in ({ids}) order by id"):
                answer = client.post("/api/auth/login", {"login": name, "password": PASSWORD}).expect(200)
                tokens.append(answer.json()["access_token"])
        return tokens
