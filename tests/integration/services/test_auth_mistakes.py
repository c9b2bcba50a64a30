"""What the systems before this one did wrong with identities, each with the test that shows that this one does not."""

import base64
import json

import pytest

from harness.client import assert_problem
from harness.mailbox import Mailbox
from harness.site import PASSWORD, register, unique


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@pytest.mark.parametrize("headers", [
    {"X-User-ID": "1"}, {"X-User-Id": "1", "X-User-Roles": "admin"}, {"x_user_id": "1"}, {"admin": "true"},
    {"Authorization": "Bearer 1"}, {"Authorization": "Bearer anything at all"}, {"Authorization": "1"},
    {"X-Gatehouse-Assertion": "1"}, {"Cookie": "session=1"},
])
def test_nobody_is_believed_who_says_himself_who_he_is(client, headers):
    assert_problem(client.get("/api/auth/me", headers=headers), 401)
    assert_problem(client.get("/api/auth/sessions", headers=headers), 401)


def test_a_users_token_is_stronger_than_his_fields(alice, bob):
    answer = alice.client.get("/api/auth/me", headers={"X-User-ID": str(bob.id), "X-User-Roles": "admin"}).expect(200)
    assert answer.json()["id"] == alice.id and answer.json()["roles"] == ["user"]


@pytest.mark.parametrize("name", ["admin_", "admin.", "root-", "administrator"])
def test_a_name_gives_no_rights(site, name):
    user = register(site, name)
    assert user.client.get("/api/auth/me").json()["roles"] == ["user"]
    assert claims_of(user.access_token)["roles"] == ["user"]


@pytest.mark.parametrize("more", [
    {"roles": ["admin"]}, {"is_admin": True}, {"admin": True}, {"role": "admin"}, {"email_verified": True}, {"id": 1},
    {"status": "active", "token_version": 9},
])
def test_nobody_makes_himself_more_than_a_user(site, more):
    user = register(site, **more)
    me = user.client.get("/api/auth/me").expect(200).json()
    assert me["roles"] == ["user"] and me["email_verified"] is False and me["id"] > 1000
    body = {"username": unique("renamed"), "password": PASSWORD, **more}
    changed = user.client.patch("/api/auth/me", body).expect(200).json()
    assert changed["roles"] == ["user"] and changed["email_verified"] is False and changed["id"] == user.id


def test_no_answer_and_no_event_has_a_password_or_its_hash(site, client):
    user = register(site)
    answers = [client.post("/api/auth/login", {"login": user.username, "password": PASSWORD}),
               user.client.get("/api/auth/me"), user.client.get("/api/auth/me/export"),
               user.client.get("/api/auth/sessions"), user.client.get(f"/api/auth/users/{user.username}")]
    for text in [answer.expect(200).body.decode() for answer in answers]:
        assert PASSWORD not in text and "$argon2" not in text
    events = Mailbox(site).events("user.registered", user.id)
    assert len(events) == 1 and "argon2" not in str(events) and PASSWORD not in str(events)


def test_strangers_cannot_ask_who_is_registered(client, alice):
    for name in (alice.username, unique("nobody")):
        assert_problem(client.get(f"/api/auth/users/{name}"), 401)
    assert alice.client.get(f"/api/auth/users/{alice.username}").expect(200).json().keys() == {"id", "username"}


def test_an_access_token_lives_for_minutes(alice):
    claims = claims_of(alice.access_token)
    assert claims["exp"] - claims["iat"] <= 15 * 60


def test_statuses_say_what_happened(client, alice):
    assert_problem(client.post("/api/auth/login", {"login": alice.username, "password": "wrong password 1"}), 401)
    assert_problem(client.post("/api/auth/login", {"login": alice.username}), 422, "/password")
    assert_problem(client.post("/api/auth/login", b"{", headers={"Content-Type": "application/json"}), 400)
    assert_problem(client.get("/api/auth/nothing"), 404)
    assert_problem(client.put("/api/auth/login", {}), 405)
    long_name = {"username": "x" * 60, "email": f"{unique('x')}@example.com", "password": PASSWORD}
    assert_problem(client.post("/api/auth/register", long_name), 422, "/username")
    taken = {"username": unique("x"), "email": alice.email, "password": PASSWORD}
    assert_problem(client.post("/api/auth/register", taken), 409, "/email")


@pytest.mark.parametrize("name", ["\u0430lice", "alice\u200b", "al\u0131ce", "ａlice", "alice\u202e", "a\u0301lice", "alice ", "12345",
                                  "../alice", "alice/..", "alice\x00", "a" * 33])
def test_no_name_looks_like_another_one(client, name):
    body = {"username": name, "email": f"{unique('x')}@example.com", "password": PASSWORD}
    assert_problem(client.post("/api/auth/register", body), (400, 422))


def test_a_name_is_taken_in_whatever_letters(client, alice):
    for name in (alice.username.upper(), alice.username.capitalize()):
        body = {"username": name, "email": f"{unique('x')}@example.com", "password": PASSWORD}
        assert_problem(client.post("/api/auth/register", body), 409, "/username")


def test_every_change_is_told_once(site):
    user = register(site)
    mailbox = Mailbox(site)
    user.client.patch("/api/auth/me", {"username": unique("new"), "password": PASSWORD}).expect(200)
    user.client.delete("/api/auth/me", body={"password": PASSWORD}).expect(204)
    for kind in ("user.registered", "user.renamed", "user.status_changed", "user.deleted"):
        assert len(mailbox.events(kind, user.id)) == 1, kind
