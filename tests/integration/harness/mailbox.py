"""Plays the service notify: finds in auth's outbox what is to be mailed, and opens what only notify can open."""

import base64
import json
import sqlite3
import subprocess

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .client import eventually


def open_sealed(secret, sealed, event_id):
    """The format of sdk/include/gatehouse/seal.hpp."""
    assert sealed.startswith("v1."), sealed
    text = sealed[3:]
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    key = HKDF(hashes.SHA256(), 32, None, b"gatehouse seal v1").derive(secret.strip().encode())
    return AESGCM(key).decrypt(raw[:12], raw[12:], event_id.encode()).decode()


class Mailbox:
    """Of one site. Reads the database beside the running gateway."""

    def __init__(self, site):
        self.site = site
        self.secret = (site.folder / "var" / "secrets" / "notify.key").read_text()

    def events(self, kind, user_id):
        """(id, payload) of auth's events of that kind about a user, oldest first."""
        query = ("select id, data from {}gh_outbox where type = '" + kind + f"' and subject = 'user/{int(user_id)}'"
                 " order by sequence")
        if self.site.storage and self.site.storage.startswith("postgresql:"):
            answer = subprocess.run(["psql", self.site.storage, "-qAtF", "\t", "-c", query.format("auth.")],
                                    check=True, capture_output=True, text=True).stdout
            rows = [line.split("\t", 1) for line in answer.splitlines()]
        else:
            with sqlite3.connect(self.site.folder / "var" / "data" / "auth.db", timeout=30) as database:
                rows = database.execute(query.format("")).fetchall()
        return [(event_id, json.loads(data)) for event_id, data in rows]

    def last(self, kind, user_id, seen=0):
        """The secret of the newest such mail, as soon as there are more than `seen`."""
        eventually(lambda: len(self.events(kind, user_id)) > seen, f"{kind} of {user_id}", seconds=15)
        event_id, payload = self.events(kind, user_id)[-1]
        return open_sealed(self.secret, payload["sealed"], event_id)

    def code(self, user, seen=0):
        return self.last("user.email_verification_requested", user.id, seen)

    def reset_token(self, user, seen=0):
        return self.last("user.password_reset_requested", user.id, seen)
