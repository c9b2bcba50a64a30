"""Notifications through the gateway: what auth tells arrives as mail, and in the user's list."""

import email
import email.policy
import re

from harness.client import assert_problem, eventually
from harness.site import PASSWORD

SECONDS = 30


def test_strangers_are_refused(client):
    for method, path in (("GET", "/api/notifications"), ("POST", "/api/notifications/read"), ("GET", "/api/notifications/live"),
                         ("GET", "/api/notifications/settings"), ("PUT", "/api/notifications/settings")):
        assert_problem(client.request(method, path, {}), 401)


def test_who_registers_gets_a_code_by_mail_that_confirms_the_address(site, alice):
    def code():
        for path in (site.folder / "var" / "data" / "mail").glob("*.eml"):
            message = path.read_bytes()
            if f"To: <{alice.email}>".encode() in message and b"confirm_email" in message:
                text = _text_of(message)
                return re.search(r"^ +(\d{8})\s*$", text, re.MULTILINE)[1]
        return None

    given = eventually(code, seconds=SECONDS)
    alice.client.post("/api/auth/email/verify", {"email": alice.email, "code": given}).expect(204)
    assert alice.client.get("/api/auth/me").expect(200).json()["email_verified"] is True


def test_a_changed_password_is_told_to_its_user_and_to_nobody_else(alice, bob):
    alice.client.post("/api/auth/change-password", {"old_password": PASSWORD, "new_password": PASSWORD + "x"}).expect(204)

    def told():
        return alice.client.get("/api/notifications").expect(200).json()["items"]

    (item,) = eventually(told, seconds=SECONDS)
    assert item["kind"] == "password_changed" and item["read"] is False
    bob.client.post("/api/notifications/read", {"ids": [item["id"]]}).expect(200)
    assert alice.client.get("/api/notifications").json()["unread"] == 1
    assert bob.client.get("/api/notifications").json()["items"] == []
    assert alice.client.post("/api/notifications/read", {"all": True}).expect(200).json() == {"unread": 0}


def _text_of(message):
    return email.message_from_bytes(message, policy=email.policy.default).get_body(("plain",)).get_content()
