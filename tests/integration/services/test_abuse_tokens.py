"""Abuse of tokens and of identity fields, each refused. Forged tokens are signed with the real key where the signature is
not what should give them away: what is wrong is then the one thing that the test names."""

import base64
import hashlib
import hmac
import itertools
import json
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.hashes import SHA256

from harness.client import Client, assert_problem, eventually
from harness.services import assertion, set_rights
from harness.site import PASSWORD, register
from harness.wire import RawConnection


def encode(data):
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Forger:
    """Has a good token of a user, and the key of the site."""

    def __init__(self, site, user):
        header, claims, _ = user.access_token.split(".")
        self.header, self.claims = decode(header), decode(claims)
        pem = (site.folder / "var" / "secrets" / "auth_signing.key").read_bytes()
        self.key = serialization.load_pem_private_key(pem, None)

    def token(self, header=None, claims=None, sign=None, without=()):
        header = {**self.header, **(header or {})}
        claims = {name: value for name, value in {**self.claims, **(claims or {})}.items() if name not in without}
        text = f"{encode(header)}.{encode(claims)}"
        return f"{text}.{encode((sign or self.key.sign)(text.encode()))}"


@pytest.fixture(scope="module")
def alice(site):
    """Nothing here ends a session of theirs, so these two serve all tests of this file."""
    return register(site, "alice")


@pytest.fixture(scope="module")
def bob(site):
    return register(site, "bob")


@pytest.fixture(scope="module")
def forger(site, alice):
    return Forger(site, alice)


def hmac_by(key):
    return lambda text: hmac.new(key, text, hashlib.sha256).digest()


def assert_refused(client, token):
    problem = assert_problem(client.get("/api/auth/me", token=token), 401)
    assert "detail" not in problem, "why a token is no good is nobody's business"
    assert_problem(client.post("/api/posts", {"text": "forged"}, token=token), 401)


def test_the_forger_can_sign(client, alice, forger):
    assert client.get("/api/auth/me", token=forger.token()).expect(200).json()["id"] == alice.id


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", None, "HS256", "RS256", "ES256", "EdDSA "])
def test_the_header_does_not_choose_the_algorithm(client, forger, algorithm):
    assert_refused(client, forger.token({"alg": algorithm}))
    assert_refused(client, forger.token({"alg": algorithm}, sign=lambda text: b""))


def test_the_public_key_is_no_secret_for_an_hmac(client, forger):
    """The confusion of RS256 with HS256: the key set, in every form that a careless verifier might take for a secret."""
    public = forger.key.public_key()
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    jwk = json.dumps(client.get("/.well-known/jwks.json").expect(200).json()["keys"][0]).encode()
    for secret, algorithm in itertools.product((raw, pem, pem.strip(), der, jwk, b"", b"\0"), ("HS256", "EdDSA")):
        assert_refused(client, forger.token({"alg": algorithm}, sign=hmac_by(secret)))


def test_a_key_of_ones_own_is_not_taken(client, forger):
    mine = ed25519.Ed25519PrivateKey.generate()
    assert_refused(client, forger.token(sign=mine.sign))
    x = encode(mine.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw))
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": x, "alg": "EdDSA", "kid": "mine"}
    for header in ({"jwk": jwk}, {"jwk": jwk, "kid": "mine"}, {"x5c": [x]}):
        assert_refused(client, forger.token(header, sign=mine.sign))
    other = ec.generate_private_key(ec.SECP256R1())

    def es256(text):
        r, s = utils.decode_dss_signature(other.sign(text, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    assert_refused(client, forger.token({"alg": "ES256"}, sign=es256))
    assert_refused(client, forger.token({"alg": "ES256"}, sign=lambda text: b"\0" * 64))


@pytest.mark.parametrize("kid", ["../../../../dev/null", "/dev/null", "x' or '1'='1", "http://127.0.0.1/key", "", None, 7,
                                 "a" * 3000, ["x"], "\0"])
def test_a_key_id_is_a_name_and_no_path(client, forger, kid):
    assert_refused(client, forger.token({"kid": kid}))
    assert_refused(client, forger.token({"kid": kid, "alg": "HS256"}, sign=hmac_by(b"")))


@pytest.mark.parametrize("header", [{"jku": "http://127.0.0.1:1/keys"}, {"x5u": "http://127.0.0.1:1/cert"}, {"crit": ["exp"]},
                                    {"b64": False, "crit": ["b64"]}, {"typ": "JWT"}, {"typ": None}, {"typ": "refresh+jwt"}])
def test_a_header_names_nothing_to_fetch_and_nothing_unknown(client, forger, header):
    assert_refused(client, forger.token(header))


NOW = int(time.time())


@pytest.mark.parametrize("claims", [
    {"exp": NOW - 1}, {"exp": NOW}, {"exp": 0}, {"exp": -1}, {"exp": "never"}, {"exp": NOW + 10 * 365 * 86400}, {"exp": 1e300},
    {"iat": NOW + 3600, "nbf": NOW + 3600, "exp": NOW + 4000}, {"nbf": NOW + 3600}, {"aud": "somebody-else"}, {"aud": ["x", "y"]},
    {"aud": ""}, {"iss": "https://evil.example"}, {"sub": 1}, {"sub": ""}, {"sub": "-1"}, {"sub": "1e3"}, {"sid": 0},
    {"ver": "0"}, {"roles": "admin"}, {"roles": [["admin"]]},
], ids=str)
def test_claims_that_do_not_hold_are_refused_however_well_signed(client, forger, claims):
    assert_refused(client, forger.token(claims=claims))


@pytest.mark.parametrize("name", ["exp", "iat", "nbf", "aud", "iss", "sub", "sid", "ver", "jti", "roles", "username"])
def test_no_claim_may_be_missing(client, forger, name):
    assert_refused(client, forger.token(without=(name,)))


def test_an_old_token_is_refused_though_it_was_good(client, forger):
    past = NOW - 7200
    assert_refused(client, forger.token(claims={"iat": past, "nbf": past, "exp": past + 900}))


def test_a_refresh_token_is_no_access_token(client, alice):
    assert_refused(client, alice.refresh_token)
    assert_problem(client.post("/api/auth/refresh", {"refresh_token": alice.access_token}), 401)


def test_two_tokens_are_none(site, alice, bob):
    for fields in itertools.permutations([f"Authorization: Bearer {alice.access_token}", f"Authorization: Bearer {bob.access_token}"]):
        with RawConnection(site.address) as connection:
            connection.send(("\r\n".join(["GET /api/auth/me HTTP/1.1", "Host: x", *fields]) + "\r\n\r\n").encode())
            assert connection.read_response().status in (400, 401)


# ---- who one is, said in a field -------------------------------------------------------------------------------------

NAMES = ["X-User-ID", "x-user-id", "X_User_ID", "X.User.Id", "X-User_ID", "X-Gatehouse-User", "X-Gatehouse-User-ID", "X-Forwarded-User",
         "X-Auth-Request-User", "X-Remote-User", "Remote-User", "X-Authenticated-Userid", "X-Original-User", "X-WEBAUTH-USER"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("hop", ["", "Connection: {name}", "Connection: close, {name}", "Connection: keep-alive, X-User-ID, X-User-Roles"])
def test_no_field_makes_one_somebody(site, alice, bob, name, hop):
    """Alone, twice, in several spellings at once, and declared to be of the connection only."""
    forged = [f"{name}: {bob.id}", f"{name}: {bob.id}", "X-User-Roles: admin", "X_User_Roles: admin", "X-Session-ID: 1",
              *([hop.format(name=name)] if hop else [])]
    body = json.dumps({"text": "whose?"})
    head = ["POST /api/posts HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    for more, status in (([], 401), ([f"Authorization: Bearer {alice.access_token}"], 201)):
        with RawConnection(site.address) as connection:
            connection.send(("\r\n".join([*head, *forged, *more]) + "\r\n\r\n" + body).encode())
            answer = connection.read_response("POST")
        assert answer.status in (status, 400), (name, hop, answer)
        if answer.status == 201:
            assert json.loads(answer.body)["author_id"] == alice.id


def test_no_field_makes_one_a_service(site, alice, bob):
    """Even a good assertion is for the listener of services; in public it is one more field to be thrown away."""
    key = (site.folder / "var" / "secrets" / "internal_assertion.key").read_text()
    good = assertion(key, "auth", "PATCH", f"/api/auth/users/{bob.id}", service="admin")
    for fields in ({"X-Gatehouse-Service": "auth"}, {"X-Gatehouse-Assertion": good},
                   {"X-Gatehouse-Service": "auth", "X-Gatehouse-Assertion": good}):
        for client in (site.client(), alice.client):
            assert_problem(client.patch(f"/api/auth/users/{bob.id}", {"roles": ["admin"]}, headers=fields), 404)
            answer = client.post("/api/posts/batch", {"ids": [1]}, headers=fields)
            assert_problem(answer, (401, 404))
    assert bob.client.get("/api/auth/me").expect(200).json()["roles"] == ["user"]


def call_as_service(site, **changes):
    call = {"audience": "auth", "method": "GET", "target": "/api/auth/users?ids=1", "service": "admin", **changes}
    key = changes.pop("key", None) or (site.folder / "var" / "secrets" / "internal_assertion.key").read_text()
    call.pop("key", None)
    return {"X-Gatehouse-Service": "auth", "X-Gatehouse-Assertion": assertion(key, **call)}


@pytest.mark.parametrize("changes", [
    {"key": "k" * 64}, {"audience": "posts"}, {"method": "POST"}, {"target": "/api/auth/users?ids=2"}, {"target": "/api/auth/users"},
    {"service": ""}, {"issued_at": 0}, {"issued_at": NOW + 86400}, {"issued_at": NOW - 3600},
], ids=str)
def test_an_assertion_is_good_for_what_it_says_only(site, changes):
    with Client(site.internal) as client:
        client.get("/api/auth/users?ids=1", headers=call_as_service(site)).expect(200)
        client.get("/api/auth/users?ids=1", headers=call_as_service(site, **changes)).expect(401)


def test_an_assertion_is_good_once(site):
    fields = call_as_service(site)
    with Client(site.internal) as client:
        client.get("/api/auth/users?ids=1", headers=fields).expect(200)
        client.get("/api/auth/users?ids=1", headers=fields).expect(401)


def test_nobody_goes_around_the_gateway(site, alice):
    """A service in a process of its own believes what the gateway signed, for this request and this service, and nothing else."""
    if site.backend is None:
        pytest.skip("every service of this home is behind the gateway's own sockets")
    key = (site.folder / "var" / "secrets" / "internal_assertion.key").read_text()
    target = "/api/posts"
    forged = [{}, {"X-User-ID": str(alice.id)}, {"X-User-ID": str(alice.id), "X-User-Roles": "admin"},
              {"Authorization": f"Bearer {alice.access_token}"}, {"X-Gatehouse-Assertion": "v1.e30.e30"},
              {"X-Gatehouse-Assertion": assertion("k" * 64, "posts", "POST", target, alice)},
              {"X-Gatehouse-Assertion": assertion(key, "users", "POST", target, alice)},
              {"X-Gatehouse-Assertion": assertion(key, "posts", "GET", target, alice)}]
    with Client(site.backend.address) as client:
        for fields in forged:
            client.post(target, {"text": "around"}, headers=fields).expect(401)
        client.get(target).expect(401)


# ---- the end of it ---------------------------------------------------------------------------------------------------

def test_a_ban_ends_every_session_within_a_second(site, client):
    user = register(site, "troll")
    second = client.post("/api/auth/login", {"login": user.username, "password": PASSWORD}).expect(200).json()
    assert user.client.get("/api/posts").status == 200
    set_rights(site, user, status="banned")
    for token in (user.access_token, second["access_token"]):
        eventually(lambda token=token: client.get("/api/posts", token=token).status == 401, "the end", seconds=1)
    assert_problem(client.post("/api/auth/refresh", {"refresh_token": second["refresh_token"]}), 401)
    assert_problem(client.post("/api/auth/login", {"login": user.username, "password": PASSWORD}), 403)
    assert_problem(client.post("/api/auth/login", {"login": user.username, "password": "not the right one"}), 401)


def test_roles_that_were_taken_away_are_gone_within_a_second(site, client, alice):
    admin = register(site, "fallen")
    set_rights(site, admin, roles=["user", "moderator"])
    tokens = client.post("/api/auth/refresh", {"refresh_token": admin.refresh_token}).expect(200).json()
    post = alice.client.post("/api/posts", {"text": "stays"}).expect(201).json()["id"]
    set_rights(site, admin, roles=["user"])
    eventually(lambda: client.delete(f"/api/posts/{post}", token=tokens["access_token"]).status == 401, "the end", seconds=1)
    client.get(f"/api/posts/{post}").expect(200)
