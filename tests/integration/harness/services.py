"""Calls to services as other services make them: over the internal listener, with an assertion that names the caller."""

import base64
import hashlib
import hmac
import secrets
import struct
import time

from .client import Client


def _value(text):
    octets = text.encode()
    return struct.pack(">H", len(octets)) + octets


def assertion(key, audience, method, target, user=None, roles=(), service="", issued_at=None):
    """The format of gateway/upstream/assertion.hpp; `user` as sites.User, or None for nobody in particular."""
    identity = ("", "") if user is None else (str(user.id), user.username)
    payload = struct.pack(">Q", int(time.time() if issued_at is None else issued_at)) + secrets.token_bytes(16)
    payload += b"".join(_value(each) for each in (audience, method, target, *identity, "", service))
    payload += bytes([len(roles)]) + b"".join(_value(role) for role in roles)
    text = b"v1." + base64.urlsafe_b64encode(payload).rstrip(b"=")
    mac = hmac.new(key.encode(), text, hashlib.sha256).digest()
    return (text + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()


class Caller:
    """A service of this site that calls others. `user`: on whose behalf."""

    def __init__(self, site, name="admin"):
        self.name = name
        self.key = (site.folder / "var" / "secrets" / "internal_assertion.key").read_text()
        self.client = Client(site.internal)

    def call(self, service, method, target, body=None, user=None, roles=()):
        fields = {"X-Gatehouse-Service": service,
                  "X-Gatehouse-Assertion": assertion(self.key, service, method, target, user, roles, self.name)}
        return self.client.request(method, target, body, headers=fields)


def set_rights(site, user, **rights):
    """As the service admin does it: status, roles, email_verified."""
    return Caller(site).call("auth", "PATCH", f"/api/auth/users/{user.id}", rights).expect(200).json()
