"""Proving an address, getting in again without the password, leaving."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.client import assert_problem, eventually
from harness.mailbox import Mailbox
from harness.site import PASSWORD, register, unique

NEW_PASSWORD = "another horse battery 8"


@pytest.fixture()
def mailbox(site):
    return Mailbox(site)


def log_in(client, login, password=PASSWORD):
    return client.post("/api/auth/login", {"login": login, "password": password})


def forgot(client, email):
    return client.post("/api/auth/password/forgot", {"email": email})


# ---- addresses -------------------------------------------------------------------------------------------------------

def test_the_mailed_code_proves_the_address(client, alice, mailbox):
    code = mailbox.code(alice)
    assert len(code) == 8 and code.isdigit()
    client.post("/api/auth/email/verify", {"email": alice.email, "code": code}).expect(204)
    assert alice.client.get("/api/auth/me").json()["email_verified"] is True
    assert_problem(client.post("/api/auth/email/verify", {"email": alice.email, "code": code}), 422, "/code")


def test_an_address_that_nobody_has_gets_the_answer_of_a_wrong_code(client, alice, mailbox):
    wrong = "00000000" if mailbox.code(alice) != "00000000" else "11111111"
    one = assert_problem(client.post("/api/auth/email/verify", {"email": alice.email, "code": wrong}), 422, "/code")
    other = assert_problem(
        client.post("/api/auth/email/verify", {"email": f"{unique('x')}@example.com", "code": wrong}), 422, "/code")
    assert one["errors"] == other["errors"]


def test_fifty_wrong_codes_at_once_leave_five_tries(site, alice, mailbox):
    code = mailbox.code(alice)
    wrong = "00000000" if code != "00000000" else "11111111"

    def attempt(_):
        with site.client() as one:
            return one.post("/api/auth/email/verify", {"email": alice.email, "code": wrong}).status

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(attempt, range(50))) <= {422, 429}
    answer = site.client().post("/api/auth/email/verify", {"email": alice.email, "code": code})
    assert answer.status in (422, 429), answer
    assert alice.client.get("/api/auth/me").json()["email_verified"] is False


def test_a_new_address_is_proved_anew(client, alice, mailbox):
    moved = f"{unique('moved')}@example.com"
    assert_problem(alice.client.patch("/api/auth/me", {"email": moved}), 422, "/password")
    changed = alice.client.patch("/api/auth/me", {"email": moved, "password": PASSWORD}).expect(200).json()
    assert changed["email"] == moved and changed["email_verified"] is False
    code = mailbox.code(alice, seen=1)
    client.post("/api/auth/email/verify", {"email": moved, "code": code}).expect(204)
    (_, payload), = mailbox.events("user.email_changed", alice.id)
    assert (payload["email"], payload["old_email"]) == (moved, alice.email)


def test_codes_are_sent_again_for_those_who_are_logged_in_and_not_for_ever(client, alice, mailbox):
    assert_problem(client.post("/api/auth/email/resend"), 401)
    statuses = [alice.client.post("/api/auth/email/resend").status for _ in range(6)]
    assert statuses == [202] * 4 + [429] * 2
    assert len(mailbox.events("user.email_verification_requested", alice.id)) == 5


# ---- passwords -------------------------------------------------------------------------------------------------------

def test_the_mailed_token_sets_a_password_and_ends_every_session(client, alice, mailbox):
    answer = forgot(client, alice.email.upper()).expect(202)
    token = mailbox.reset_token(alice)
    assert len(token) == 47 and token not in answer.body.decode()
    body = {"token": token, "new_password": NEW_PASSWORD}
    assert_problem(client.post("/api/auth/password/reset", {**body, "new_password": "password123"}), 422,
                   "/new_password")
    client.post("/api/auth/password/reset", body).expect(204)
    eventually(lambda: alice.client.get("/api/auth/me").status == 401, "revocation", seconds=3)
    assert_problem(log_in(client, alice.username), 401)
    log_in(client, alice.username, NEW_PASSWORD).expect(200)
    assert_problem(client.post("/api/auth/password/reset", body), 422, "/token")


def test_asking_for_a_mail_tells_nothing(client, alice, mailbox):
    known = forgot(client, alice.email).expect(202)
    for email in (f"{unique('nobody')}@example.com", "no address", alice.username):
        answer = forgot(client, email).expect(202)
        assert answer.body == known.body
        assert {name for name, _ in answer.headers} == {name for name, _ in known.headers}
    assert_problem(client.post("/api/auth/password/forgot", {}), 422, "/email")
    mailbox.reset_token(alice)


def test_a_token_that_is_used_many_times_at_once_counts_once(site, alice, mailbox):
    with site.client() as one:
        forgot(one, alice.email).expect(202)
    token = mailbox.reset_token(alice)

    def attempt(number):
        with site.client() as one:
            body = {"token": token, "new_password": f"{NEW_PASSWORD} {number}"}
            return one.post("/api/auth/password/reset", body).status

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(attempt, range(8)))
    assert statuses == [204] + [422] * 7


def test_no_event_holds_a_hash_a_token_or_a_code(client, alice, mailbox):
    forgot(client, alice.email).expect(202)
    secrets = [mailbox.code(alice), mailbox.reset_token(alice), PASSWORD, "argon2", alice.refresh_token]
    log_in(client, alice.username).expect(200)
    kinds = ("user.registered", "user.logged_in", "user.email_verification_requested", "user.password_reset_requested")
    for kind in kinds:
        events = mailbox.events(kind, alice.id)
        assert events, kind
        for _, payload in events:
            assert not [secret for secret in secrets if secret in str(payload)], (kind, payload)


# ---- leaving ---------------------------------------------------------------------------------------------------------

def test_the_export_has_what_is_known(client, alice):
    assert_problem(client.get("/api/auth/me/export"), 401)
    answer = alice.client.get("/api/auth/me/export").expect(200)
    body = answer.json()
    assert body["account"]["email"] == alice.email
    assert [session["ip"] for session in body["sessions"]]
    assert "argon2id$" not in answer.body.decode()


def test_an_account_is_deleted_by_its_owner_only(client, alice, bob):
    assert_problem(client.delete("/api/auth/me", body={"password": PASSWORD}), 401)
    assert_problem(alice.client.delete("/api/auth/me", body={"password": "wrong password 1"}), 403, "/password")
    alice.client.delete("/api/auth/me", body={"password": PASSWORD}).expect(204)
    eventually(lambda: alice.client.get("/api/auth/me").status == 401, "revocation", seconds=3)
    assert_problem(log_in(client, alice.username), 401)
    assert_problem(bob.client.get(f"/api/auth/users/{alice.username}"), 404)
    body = {"username": alice.username, "email": f"{unique('new')}@example.com", "password": PASSWORD}
    assert_problem(client.post("/api/auth/register", body), 409, "/username")


# ---- operators -------------------------------------------------------------------------------------------------------

def test_the_first_administrator_comes_by_a_one_time_link(site, client):
    with site.admin() as operator:
        invitation = operator.post("/services/auth/commands/users.invite", {}).expect(200).json()
    assert invitation["link"].endswith("#" + invitation["token"])
    page = client.get(invitation["link"].split("#")[0]).expect(200)
    assert page.header("content-security-policy").startswith("default-src 'none'")
    name = unique("root")
    body = {"token": invitation["token"], "username": name, "email": f"{name}@example.com", "password": PASSWORD}
    made = client.post("/api/auth/invitation", body).expect(201).json()
    assert made["user"]["roles"] == ["admin", "user"]
    again = {**body, "username": name + "x", "email": f"x{name}@example.com"}
    assert_problem(client.post("/api/auth/invitation", again), 422, "/token")


def test_users_of_another_system_log_in_with_their_old_passwords(site, client):
    name = unique("old")
    user = {"username": name, "email": f"{name}@example.com",
            "password_hash": "$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS"}
    with site.admin() as operator:
        result = operator.post("/services/auth/commands/users.import", {"users": [user]}).expect(200).json()
        assert result == {"imported": 1, "skipped": []}
        again = operator.post("/services/auth/commands/users.import", {"users": [user]}).expect(200).json()
        assert again["imported"] == 0 and again["skipped"][0]["username"] == name
    assert_problem(log_in(client, name, "wrong horse battery"), 401)
    for _ in range(2):  # by the old hash, then by the new one
        log_in(client, name, "correct horse battery").expect(200)


def test_operators_commands_are_no_routes(client, alice):
    for path in ("/services/auth/commands/users.invite", "/api/auth/commands/users.invite"):
        assert client.post(path, {}).status in (404, 405)
        assert alice.client.post(path, {}).status in (404, 405)
