"""The databases of the services, looked at past the gateway."""

import json
import os
import sqlite3
import subprocess
from urllib.parse import urlsplit


class SqliteDatabases:
    def __init__(self, folder):
        self.folder = folder

    def _open(self, service):
        return sqlite3.connect(self.folder / f"{service}.db", timeout=30, isolation_level=None)

    def rows(self, service, sql):
        connection = self._open(service)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def change(self, service, sql):
        connection = self._open(service)
        try:
            connection.execute(sql)
        finally:
            connection.close()


class PostgresqlDatabases:
    def __init__(self, url):
        self.url = url

    def _psql(self, service, sql):
        parts = urlsplit(self.url)
        environment = {**os.environ, "PGPASSWORD": parts.password or "", "PGOPTIONS": f"-c search_path={service}"}
        answer = subprocess.run(["psql", parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@")).geturl(),
                                 "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", sql],
                                env=environment, capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            raise AssertionError(f"{service}: {answer.stderr}")
        return answer.stdout

    def rows(self, service, sql):
        text = self._psql(service, f"select coalesce(json_agg(to_json(t)), '[]') from ({sql}) t")
        return [tuple(row.values()) for row in json.loads(text)]

    def change(self, service, sql):
        self._psql(service, sql)
