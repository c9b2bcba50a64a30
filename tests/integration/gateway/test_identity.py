"""Identity enters a service from the gateway only: no spelling of a client's own field gets through, on any route."""

import itertools

import pytest

from harness.wire import RawConnection

IDENTITY = ["X-User-ID", "X-User-Name", "X-User-Roles", "X-Session-ID"]
SEPARATORS = ["-", "_", "."]


def spellings(name):
    """Every mixture of separators, in three cases."""
    words = name.split("-")
    for separators in itertools.product(SEPARATORS, repeat=len(words) - 1):
        spelled = words[0] + "".join(separator + word for separator, word in zip(separators, words[1:]))
        yield from {spelled, spelled.lower(), spelled.upper(), spelled.swapcase()}


ALL_SPELLINGS = sorted({spelling for name in IDENTITY for spelling in spellings(name)})


def send(stage, path, fields, token=None, method="GET", body=b""):
    """One raw request with these field lines; returns (response, what the backend saw or None)."""
    stage.upstream.forget()
    lines = [f"{method} {path} HTTP/1.1", "Host: gw.test"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    lines += [f"{name}: {value}" for name, value in fields]
    with RawConnection(stage.address) as connection:
        connection.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
        response = connection.read_response(method)
    recorded = stage.upstream.recorded()
    return response, recorded[0] if recorded else None


def assert_no_identity(seen):
    for name in IDENTITY:
        assert name.lower() not in seen.folded_names(), seen


def assert_identity(seen, user):
    for name, value in zip(IDENTITY, [user, f"name-{user}", "admin" if user == "1" else "user", f"s-{user}"]):
        assert seen.folded_names().count(name.lower()) == 1, seen
        assert seen.value(name) == value


@pytest.mark.parametrize("path", ["/open/x", "/plain/x", "/maybe/x", "/api/v1/x"])
def test_no_spelling_passes_without_auth(stage, path):
    for spelling in ALL_SPELLINGS:
        response, seen = send(stage, path, [(spelling, "1")])
        if response.status == 400:  # refusing a dubious spelling is as good as removing it
            assert seen is None
            continue
        assert response.status == 200, (spelling, response)
        assert_no_identity(seen)


@pytest.mark.parametrize("path", ["/guarded/x", "/maybe/x"])
def test_no_spelling_overrides_the_verified_identity(stage, path):
    for spelling in ALL_SPELLINGS:
        response, seen = send(stage, path, [(spelling, "1")], token="good-42")
        if response.status != 400:
            assert response.status == 200, (spelling, response)
            assert_identity(seen, "42")


def test_all_spellings_at_once_and_twice(stage):
    fields = [(spelling, "1") for spelling in ALL_SPELLINGS[:30]] * 2
    response, seen = send(stage, "/guarded/x", fields, token="good-42")
    if response.status != 400:
        assert_identity(seen, "42")


def test_duplicates_around_other_fields(stage):
    fields = [("x-user-id", "1"), ("X-Other", "kept"), ("X-User-ID", "2"), ("X_User_Id", "3")]
    response, seen = send(stage, "/guarded/x", fields, token="good-42")
    assert response.status in (200, 400)
    if seen:
        assert_identity(seen, "42")
        assert seen.value("x-other") == "kept"


@pytest.mark.parametrize("spelling", ["X-User-ID", "X_User_Id", "x.user.id"])
@pytest.mark.parametrize("path, token", [("/open/x", None), ("/guarded/x", "good-42")])
def test_trailers_carry_no_identity(stage, spelling, path, token):
    body = b"5\r\nhello\r\n0\r\n" + spelling.encode() + b": 1\r\n\r\n"
    fields = [("Transfer-Encoding", "chunked"), ("Trailer", spelling)]
    response, seen = send(stage, path, fields, token, "POST", body)
    if response.status == 400:
        return
    assert response.status == 200
    assert seen.body == b"hello"
    assert b"user" not in seen.trailers.lower()
    assert "trailer" not in seen.folded_names()
    assert_identity(seen, "42") if token else assert_no_identity(seen)


def test_connection_cannot_remove_the_identity(stage):
    names = "close, X-User-ID, X-User-Roles, X-Forwarded-For, X-Request-ID"
    response, seen = send(stage, "/guarded/x", [("Connection", names)], token="good-42")
    assert response.status in (200, 400)
    if seen:
        assert_identity(seen, "42")
        assert seen.value("x-forwarded-for")


def test_the_verifier_sees_credentials_and_nothing_forged(stage):
    fields = [("X-User-ID", "1"), ("X_User_Roles", "admin"), ("X-Forwarded-User", "1"), ("X-Secret", "s")]
    send(stage, "/guarded/x?q=1", fields, token="good-42")
    asked, = stage.verifier.recorded()
    assert asked.method == "GET"
    assert asked.value("authorization") == "Bearer good-42"
    assert asked.value("x-forwarded-method") == "GET"
    assert asked.value("x-forwarded-uri") == "/guarded/x?q=1"
    assert asked.value("x-forwarded-host") == "gw.test"
    for name in ("x-user-id", "x-user-roles", "x-secret", "x-forwarded-user"):
        assert name not in asked.folded_names(), asked


def test_a_refusal_of_the_verifier_reaches_the_client_and_no_service(stage):
    response, seen = send(stage, "/guarded/x", [], token="bad")
    assert response.status == 401 and seen is None
    assert response.values("www-authenticate")


def test_no_credentials_are_refused_where_a_user_is_required(stage):
    response, seen = send(stage, "/guarded/x", [("X-User-ID", "42")])
    assert response.status == 401 and seen is None


def test_optional_auth_is_anonymous_without_credentials_and_refuses_bad_ones(stage):
    _, seen = send(stage, "/maybe/x", [])
    assert_no_identity(seen)
    _, seen = send(stage, "/maybe/x", [], token="good-42")
    assert_identity(seen, "42")
    response, seen = send(stage, "/maybe/x", [], token="bad")
    assert response.status == 401 and seen is None


def test_roles_are_required_from_the_verified_identity(stage):
    response, seen = send(stage, "/admins/x", [("X-User-Roles", "admin")], token="good-42")
    assert response.status == 403 and seen is None
    response, seen = send(stage, "/admins/x", [], token="good-1")
    assert response.status == 200
    assert_identity(seen, "1")


def test_the_gateway_does_not_send_identity_fields_to_the_client(stage):
    response, _ = send(stage, "/guarded/x", [], token="good-42")
    assert not [name for name, _ in response.headers if name.lower().startswith(b"x-user")]
