"""The auth service through the gateway."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from harness.client import assert_problem
from harness.site import PASSWORD, register, unique

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def draft(**changes):
    name = unique("user")
    return {"username": name, "email": f"{name}@example.com", "password": PASSWORD, **changes}


def log_in(client, login, password=PASSWORD):
    return client.post("/api/auth/login", {"login": login, "password": password})


# ---- register --------------------------------------------------------------------------------------------------------

def test_register_answers_the_user_and_tokens(client):
    body = draft()
    answer = client.post("/api/auth/register", body).expect(201)
    made = answer.json()
    assert made["user"]["username"] == body["username"]
    assert made["user"]["email"] == body["email"]
    assert made["user"]["email_verified"] is False
    assert isinstance(made["user"]["roles"], list) and "admin" not in made["user"]["roles"]
    assert made["user"]["created_at"].endswith("Z")
    assert isinstance(made["user"]["id"], int)
    assert made["token_type"] == "bearer"
    assert 0 < made["expires_in"] <= 3600
    assert made["access_token"] and made["refresh_token"]
    assert PASSWORD not in answer.body.decode()


@pytest.mark.parametrize("field", ["username", "email"])
def test_register_refuses_what_is_taken(client, alice, field):
    assert_problem(client.post("/api/auth/register", draft(**{field: getattr(alice, field)})), 409, f"/{field}")


def test_register_takes_email_case_insensitively(client, alice):
    assert_problem(client.post("/api/auth/register", draft(email=alice.email.upper())), 409, "/email")


@pytest.mark.parametrize("pointer, changes", [
    ("/password", {"password": "short1"}),
    ("/password", {"password": "x" * 129}),
    ("/password", {"password": "password123"}),
    ("/email", {"email": "not an address"}),
    ("/username", {"username": ""}),
    ("/username", {"username": 7}),
])
def test_register_points_at_the_bad_field(client, pointer, changes):
    assert_problem(client.post("/api/auth/register", draft(**changes)), (400, 422), pointer)


def test_register_points_at_all_bad_fields_at_once(client):
    problem = assert_problem(client.post("/api/auth/register", {"email": "x", "password": "y"}), 422, "/username")
    assert {"/username", "/email", "/password"} <= {error["pointer"] for error in problem["errors"]}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"username": "\xff"}', b"[" * 1000])
def test_register_refuses_bodies_that_are_no_object(client, body):
    assert_problem(client.post("/api/auth/register", body, headers={"Content-Type": "application/json"}), (400, 422))


def test_register_refuses_another_media_type(client):
    answer = client.post("/api/auth/register", "<x/>", headers={"Content-Type": "text/xml"})
    assert_problem(answer, 415)


def test_two_registrations_of_one_name_make_one_user(site):
    body = draft()

    def attempt(_):
        with site.client() as client:
            return client.post("/api/auth/register", body).status

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(8))) == [201] + [409] * 7


# ---- login -----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("field", ["username", "email"])
def test_login_by_name_and_by_mail(client, alice, field):
    made = log_in(client, getattr(alice, field)).expect(200).json()
    assert made["token_type"] == "bearer"
    assert client.get("/api/auth/me", token=made["access_token"]).expect(200).json()["id"] == alice.id


def test_login_says_the_same_for_a_wrong_password_and_an_unknown_user(client, alice):
    wrong = assert_problem(log_in(client, alice.username, "wrong password 1"), 401)
    unknown = assert_problem(log_in(client, unique("nobody"), "wrong password 1"), 401)
    assert (wrong["title"], wrong.get("detail")) == (unknown["title"], unknown.get("detail"))


def test_wrong_passwords_are_throttled(client, site):
    user = register(site, "throttled")
    statuses = []
    for _ in range(30):
        answer = log_in(client, user.username, "wrong password 1")
        statuses.append(answer.status)
        if answer.status == 429:
            assert_problem(answer, 429)
            break
    assert statuses[-1] == 429, statuses
    assert set(statuses[:-1]) == {401}


def test_login_with_cookie_sets_a_safe_one_and_hides_the_refresh_token(client, alice):
    answer = client.post("/api/auth/login?cookie=true", {"login": alice.username, "password": PASSWORD}).expect(200)
    assert "refresh_token" not in answer.json()
    cookies = answer.header_values("set-cookie")
    assert cookies
    for cookie in cookies:
        attributes = {part.strip().lower() for part in cookie.split(";")}
        assert {"httponly", "secure", "samesite=lax"} <= attributes


# ---- OAuth 2.0 form --------------------------------------------------------------------------------------------------

def test_token_form_grants_by_password_and_by_refresh_token(client, alice):
    form = urlencode({"grant_type": "password", "username": alice.username, "password": PASSWORD})
    granted = client.post("/api/auth/token", form, headers=FORM).expect(200)
    assert granted.header("cache-control") == "no-store"
    tokens = granted.json()
    assert tokens["token_type"].lower() == "bearer" and tokens["expires_in"] > 0
    form = urlencode({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
    again = client.post("/api/auth/token", form, headers=FORM).expect(200).json()
    assert again["refresh_token"] != tokens["refresh_token"]


@pytest.mark.parametrize("fields, error", [
    ({"grant_type": "password", "username": "nobody-here", "password": "x"}, "invalid_grant"),
    ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
    ({"grant_type": "password"}, "invalid_request"),
    ({"grant_type": "refresh_token", "refresh_token": "made-up"}, "invalid_grant"),
])
def test_token_form_errors_are_those_of_rfc_6749(client, fields, error):
    answer = client.post("/api/auth/token", urlencode(fields), headers=FORM)
    assert answer.expect((400, 401)).json()["error"] == error


# ---- refresh ---------------------------------------------------------------------------------------------------------

def refresh(client, token):
    return client.post("/api/auth/refresh", {"refresh_token": token})


def test_refresh_rotates_the_pair(client, alice):
    fresh = refresh(client, alice.refresh_token).expect(200).json()
    assert fresh["refresh_token"] != alice.refresh_token
    client.get("/api/auth/me", token=fresh["access_token"]).expect(200)
    refresh(client, fresh["refresh_token"]).expect(200)


def test_reuse_of_a_refresh_token_revokes_the_family(client, alice):
    fresh = refresh(client, alice.refresh_token).expect(200).json()
    assert_problem(refresh(client, alice.refresh_token), 401)
    assert_problem(refresh(client, fresh["refresh_token"]), 401)


def test_fifty_parallel_refreshes_of_one_token_grant_at_most_one(site, alice):
    def attempt(_):
        with site.client() as client:
            return refresh(client, alice.refresh_token).status

    with ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(attempt, range(50)))
    assert statuses.count(200) <= 1, statuses
    assert set(statuses) <= {200, 401, 429}, statuses


@pytest.mark.parametrize("token", ["", "x", "é" * 200, "a" * 5000])
def test_refresh_refuses_what_is_no_token(client, token):
    assert_problem(refresh(client, token), (400, 401, 422))


# ---- verify, me, logout ----------------------------------------------------------------------------------------------

def test_verify_answers_the_identity(client, alice):
    answer = client.get("/api/auth/verify", token=alice.access_token).expect(200)
    assert answer.header("x-user-id") == str(alice.id), "wherever the service runs: others may ask it as well"
    assert answer.header("x-user-name") == alice.username and answer.header("x-session-id")
    assert_problem(client.get("/api/auth/verify"), 401)


def test_claims_are_complete(alice):
    claims = claims_of(alice.access_token)
    assert claims["sub"] == str(alice.id)
    assert claims["username"] == alice.username
    assert {"roles", "sid", "jti", "iat", "nbf", "exp", "iss", "aud"} <= set(claims)
    assert claims["exp"] - claims["iat"] <= 3600


def test_me_is_the_own_account_and_nothing_secret(alice):
    answer = alice.client.get("/api/auth/me").expect(200)
    assert answer.json()["username"] == alice.username
    assert "argon2" not in answer.body.decode() and "password" not in answer.json()


def flip(text, position):
    replacement = "A" if text[position] != "A" else "B"
    return text[:position] + replacement + text[position + 1:]


def bad_tokens(good):
    header, payload, signature = good.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    hs256 = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=").decode()
    return [
        f"{header}.{payload}.{flip(signature, 10)}", f"{header}.{flip(payload, 10)}.{signature}",
        f"{none}.{payload}.", f"{hs256}.{payload}.{signature}", f"{header}.{payload}", "x", "." * 2, good + ".x",
        good + "=", "A" * 8000,
    ]


def test_tokens_that_were_tampered_with_are_refused(client, alice):
    for token in bad_tokens(alice.access_token):
        answer = client.get("/api/auth/me", token=token)
        assert answer.status == 401, (token[:60], answer)


@pytest.mark.parametrize("scheme, status", [("bearer", 200), ("BEARER", 200), ("Basic", 401), ("Bearer:", 401)])
def test_the_scheme_is_compared_without_case(client, alice, scheme, status):
    client.get("/api/auth/me", headers={"Authorization": f"{scheme} {alice.access_token}"}).expect(status)


def test_logout_ends_the_session_within_a_second(client, alice):
    alice.client.get("/api/auth/me").expect(200)  # fills the decision cache
    alice.client.post("/api/auth/logout").expect(204)
    from harness.client import eventually
    eventually(lambda: alice.client.get("/api/auth/me").status == 401, "401 after logout", seconds=3)
    assert_problem(refresh(client, alice.refresh_token), 401)


def test_change_password_revokes_other_sessions(client, alice):
    other = log_in(client, alice.username).expect(200).json()
    changed = "another good phrase 9"
    assert_problem(alice.client.post("/api/auth/change-password", {"old_password": "wrong one 1", "new_password": changed}),
                   (401, 403, 422))
    alice.client.post("/api/auth/change-password", {"old_password": PASSWORD, "new_password": changed}).expect(204)
    assert_problem(log_in(client, alice.username), 401)
    log_in(client, alice.username, changed).expect(200)
    assert_problem(refresh(client, other["refresh_token"]), 401)
    from harness.client import eventually
    eventually(lambda: client.get("/api/auth/me", token=other["access_token"]).status == 401, "revocation", seconds=3)


def test_change_password_applies_the_rules(alice):
    answer = alice.client.post("/api/auth/change-password", {"old_password": PASSWORD, "new_password": "short"})
    assert_problem(answer, 422, "/new_password")


# ---- keys ------------------------------------------------------------------------------------------------------------

def test_jwks_has_public_keys_only_and_the_one_in_use(client, alice):
    answer = client.get("/.well-known/jwks.json").expect(200)
    keys = answer.json()["keys"]
    assert keys
    for key in keys:
        assert key["kty"] in ("OKP", "EC") and key["alg"] in ("EdDSA", "ES256")
        assert not {"d", "k", "p", "q"} & set(key)
    part = alice.access_token.split(".")[0]
    header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    assert header["kid"] in [key["kid"] for key in keys]


# ---- method and path -------------------------------------------------------------------------------------------------

def test_a_method_that_is_not_served_is_405_with_allow(client):
    answer = client.delete("/api/auth/verify")
    assert_problem(answer, 405)
    assert "GET" in answer.header("allow")


def test_trailing_slash_is_served(client):
    client.post("/api/auth/register/", draft()).expect(201)


def test_internal_routes_are_not_reachable(client, alice):
    answers = [alice.client.get("/api/auth/users?status=active"), client.get("/api/auth/users"),
               alice.client.patch(f"/api/auth/users/{alice.id}", {"roles": ["admin"]})]
    assert all(answer.status in (401, 404, 405) for answer in answers), answers
    assert "admin" not in alice.client.get("/api/auth/me").json()["roles"]
