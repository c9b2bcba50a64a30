"""Looks into the databases beside the running gateway."""

import sqlite3
import subprocess
import uuid
from urllib.parse import urlsplit


def of_its_own(storage):
    """Another one beside the others on the same server: what another test has left must not be there."""
    if storage is None:
        return None
    name = f"notify_{uuid.uuid4().hex[:12]}"
    subprocess.run(["psql", storage, "-qc", f'create database "{name}"'], check=True)
    return urlsplit(storage)._replace(path=f"/{name}").geturl()


def count(site, table, where):
    """Rows of a table of notify."""
    if site.storage:
        query = f"select count(*) from notify.{table} where {where}"
        answer = subprocess.run(["psql", site.storage, "-qAtc", query], check=True, capture_output=True, text=True)
        return int(answer.stdout)
    with sqlite3.connect(site.folder / "var" / "data" / "notify.db", timeout=30) as database:
        return database.execute(f"select count(*) from {table} where {where}").fetchone()[0]
