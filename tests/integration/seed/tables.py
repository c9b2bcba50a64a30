"""What is in the services' tables, on both engines."""

import hashlib
import sqlite3
import subprocess

# What two runs of one plan have in common: all but password hashes, which are salted, numbers of arrival, and since when
# notifications are kept.
TABLES = {
    "auth": {"users": "id, username, username_key, email, email_key, email_verified, roles, status, full_name, phone, "
                      "token_version, created_at, updated_at, last_login_at"},
    "users": {"profiles": "*", "follow_counts": "*"},
    "media": {"media": "*", "objects": "*"},
    "posts": {"posts": "*", "likes": "*", "comments": "*", "post_tags": "*", "follows": "*",
              "post_search": {"sqlite": "rowid, title, body", "postgresql": "*"}},
    "admin": {"reports": "*", "audit": "*"},
    "notify": {"accounts": "*", "public_posts": "*",
               "notifications": "id, user_id, source, event_id, kind, fields, created_at, read_at"},
    "subscriptions": {"follows": "*", "readers": "*", "feed_posts": "post_id, author_id, visibility"},
}


class Tables:
    def __init__(self, site):
        self.site = site
        self.engine = "postgresql" if site.storage else "sqlite"

    def rows(self, service, statement):
        """Rows of texts."""
        if self.engine == "postgresql":
            done = subprocess.run(["psql", self.site.storage, "-XAtq", "-F", "\x1f", "-R", "\x1e"], text=True, check=True,
                                  input=f'set search_path = "{service}";\n{statement};', capture_output=True)
            return [tuple(row.split("\x1f")) for row in done.stdout.rstrip("\n\x1e").split("\x1e") if row.strip("\n")]
        with sqlite3.connect(self.site.folder / "var" / "data" / f"{service}.db", timeout=10) as database:
            found = database.execute(statement).fetchall()
        database.close()
        return [tuple("" if value is None else str(value) for value in row) for row in found]

    def number(self, service, statement):
        return int(self.rows(service, statement)[0][0])

    def checksums(self):
        sums = {}
        for service, tables in TABLES.items():
            for table, columns in tables.items():
                columns = columns[self.engine] if isinstance(columns, dict) else columns
                rows = sorted(self.rows(service, f"select {columns} from {table}"))
                digest = hashlib.sha256("\n".join("\t".join(row) for row in rows).encode()).hexdigest()
                sums[f"{service}.{table}"] = (len(rows), digest)
        return sums
