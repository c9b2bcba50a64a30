"""Abuse of what a request may hold, each refused: members that are not the client's to write, ids of others' things, too much of
anything, names that look like others, paths that lead elsewhere, addresses that the server shall fetch."""

import json
import socket
import threading

import pytest

from harness.client import Client, assert_problem
from harness.images import png
from harness.site import PASSWORD, register, unique
from harness.wire import RawConnection


@pytest.fixture(scope="module")
def alice(site):
    return register(site, "alice")


@pytest.fixture(scope="module")
def bob(site):
    return register(site, "bob")


def publish(user, text="Hello", **more):
    return user.client.post("/api/posts", {"text": text, **more}).expect(201).json()


def raw(site, lines, body=b""):
    """The status of a request that no client library would send; None when the connection is closed without an answer."""
    with RawConnection(site.address) as connection:
        connection.try_send("\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body)
        return connection.read_response(lines[0].split(" ")[0]).status


# ---- mass assignment -------------------------------------------------------------------------------------------------

OWN = {"id": 1, "author_id": 1, "author_name": "admin", "user_id": 1, "owner_id": 1, "likes": 1000, "comments": 1000, "reposts": 1000,
       "views": 1000, "liked_by_me": True, "version": 99, "created_at": "1999-01-01T00:00:00.000Z", "original": {"text": "x"},
       "updated_at": "1999-01-01T00:00:00.000Z", "tags": ["forged"], "deleted": True, "indexed": 1}


def test_a_post_has_what_its_author_may_write_and_nothing_else(alice, client):
    for post in (publish(alice, **OWN),
                 alice.client.patch(f"/api/posts/{publish(alice)['id']}", {**OWN, "title": "new"}).expect(200).json()):
        read = client.get(f"/api/posts/{post['id']}").expect(200).json()
        assert read["author_id"] == alice.id and read["author_name"] == alice.username and read["id"] > 1000
        assert [read[name] for name in ("likes", "comments", "reposts", "tags", "original")] == [0, 0, 0, [], None]
        assert read["views"] <= 2 and not read["created_at"].startswith("1999")


def test_a_comment_has_what_its_author_may_write_and_nothing_else(alice, bob):
    post = publish(alice)["id"]
    made = bob.client.post(f"/api/posts/{post}/comments", {**OWN, "text": "hi", "post_id": 1}).expect(201).json()
    changed = bob.client.patch(f"/api/posts/comments/{made['id']}", {**OWN, "text": "hi", "post_id": 1}).expect(200).json()
    for comment in (made, changed):
        assert (comment["author_id"], comment["post_id"], comment["deleted"]) == (bob.id, post, False)
        assert comment["id"] == made["id"] > 1000 and not comment["created_at"].startswith("1999")


def test_an_account_has_what_its_owner_may_write_and_nothing_else(site):
    more = {"id": 1, "roles": ["admin"], "role": "admin", "is_admin": True, "email_verified": True, "status": "deleted", "token_version": 99,
            "created_at": "1999-01-01T00:00:00.000Z", "password_hash": "x"}
    user = register(site, **more)
    user.client.patch("/api/auth/me", {**more, "username": unique("new"), "password": PASSWORD}).expect(200)
    account = user.client.get("/api/auth/me").expect(200).json()
    assert (account["id"], account["roles"], account["email_verified"], account["status"]) == (user.id, ["user"], False, "active")
    assert not account["created_at"].startswith("1999")
    refreshed = user.client.post("/api/auth/refresh", {"refresh_token": user.refresh_token, **more}).expect(200).json()
    assert user.client.get("/api/auth/me", token=refreshed["access_token"]).json()["roles"] == ["user"]


def test_a_profile_has_what_its_owner_may_write_and_nothing_else(alice, bob):
    more = {"id": bob.id, "user_id": bob.id, "username": "admin", "avatar_url": "https://evil.example/x.png", "avatar_id": "x", "version": 9,
            "subscribers": 1000, "subscriptions": 1000, "deleted_at": "1999-01-01T00:00:00.000Z", "deleted": True, "is_filled": True}
    profile = alice.client.patch("/api/users/me", {**more, "bio": "mine"}).expect(200).json()
    assert (profile["id"], profile["username"], profile["avatar_url"]) == (alice.id, alice.username, None)
    assert (profile["subscribers"], profile["subscriptions"]) == (0, 0)
    assert bob.client.get("/api/users/me").expect(200).json()["bio"] != "mine"


def test_a_following_is_ones_own(alice, bob, client):
    carol = register(alice.site, "carol")
    more = {"follower_id": carol.id, "id": 1, "created_at": "1999-01-01T00:00:00.000Z"}
    made = alice.client.post("/api/subscriptions", {"user_id": bob.id, **more}).expect(201).json()
    assert made["follower_id"] == alice.id and not made["created_at"].startswith("1999")
    assert client.get(f"/api/subscriptions/{carol.id}").expect(200).json()["items"] == []


def test_queries_do_not_say_who_asks(alice, bob, client):
    hidden = publish(alice, "hidden", visibility="private")["id"]
    for query in (f"user_id={alice.id}", f"viewer={alice.id}", f"X-User-ID={alice.id}", f"access_token={alice.access_token}",
                  f"token={alice.access_token}", "admin=true", "roles=admin"):
        for one in (client, bob.client):
            assert_problem(one.get(f"/api/posts/{hidden}?{query}"), 404)


# ---- ids -------------------------------------------------------------------------------------------------------------

def test_a_cursor_is_good_for_the_list_that_it_is_of(alice, bob):
    for user in (alice, bob):
        for number in range(3):
            publish(user, f"{number}")
    cursor = alice.client.get(f"/api/posts?author={alice.id}&limit=1").expect(200).json()["next_cursor"]
    for path in (f"/api/posts?author={bob.id}&", "/api/posts?", f"/api/posts?author={alice.id}&sort=top&", "/api/newsfeed?",
                 f"/api/subscriptions/{alice.id}?", "/api/users?q=a&", "/api/posts/search?q=a&"):
        assert_problem(alice.client.get(f"{path}cursor={cursor}"), 422, parameter="cursor")


def test_an_answer_to_a_comment_stays_on_its_post(alice, bob):
    hidden, shown = publish(alice, visibility="private")["id"], publish(alice)["id"]
    secret = alice.client.post(f"/api/posts/{hidden}/comments", {"text": "x"}).expect(201).json()["id"]
    for parent in (secret, 1):
        answer = bob.client.post(f"/api/posts/{shown}/comments", {"text": "y", "parent_id": parent})
        assert_problem(answer, 422, "/parent_id")


def test_an_image_of_a_user_is_deleted_by_nobody_else(alice, bob, client):
    alice.client.put("/api/users/me/avatar", png(9, 9), headers={"Content-Type": "image/png"}).expect(200)
    assert_problem(client.delete("/api/users/me/avatar"), 401)
    bob.client.delete("/api/users/me/avatar").expect(204)  # his own, that is none
    client.get(f"/api/users/{alice.id}/avatar").expect(200)


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_method_is_what_it_says(alice, name):
    post = publish(alice)["id"]
    answer = alice.client.post(f"/api/posts/{post}", {"_method": "DELETE"}, headers={name: "DELETE"})
    assert_problem(answer, 405)
    alice.client.get(f"/api/posts/{post}?_method=DELETE", headers={name: "DELETE"}).expect(200)
    alice.client.get(f"/api/posts/{post}").expect(200)


@pytest.mark.parametrize("name", ["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Uri", "X-Forwarded-Path", "X-Forwarded-Prefix"])
def test_a_path_is_what_it_says(alice, client, name):
    assert_problem(client.get("/api/auth/me", headers={name: "/api/posts"}), 401)
    assert "items" in client.get("/api/posts", headers={name: "/api/auth/me"}).expect(200).json()
    assert_problem(alice.client.get("/nothing", headers={name: "/api/auth/users"}), 404)


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP"])
def test_an_address_is_not_made_up(alice, client, name):
    """Else one visitor would count for as many as he likes, and never be slowed down."""
    post = publish(alice)["id"]
    for number in range(10):
        value = f"203.0.113.{number}"
        client.get(f"/api/posts/{post}", headers={name: f"for={value}" if name == "Forwarded" else value}).expect(200)
    assert alice.client.get(f"/api/posts/{post}").expect(200).json()["views"] == 1


# ---- too much --------------------------------------------------------------------------------------------------------

def get(path="/api/posts", *fields):
    return [f"GET {path} HTTP/1.1", "Host: x", *fields]


@pytest.mark.parametrize("name, lines, statuses", [
    ("a long path", get("/api/posts/" + "1" * 10_000), (414,)),
    ("a long query", get("/api/posts?tag=" + "x" * 10_000), (414,)),
    ("a long field", get("/api/posts", "X-Long: " + "x" * 40_000), (431,)),
    ("many fields", get("/api/posts", *[f"X-Field-{number}: 1" for number in range(200)]), (431,)),
    ("a long token", get("/api/auth/me", "Authorization: Bearer " + "x" * 20_000), (401,)),
    ("many cookies", get("/api/auth/me", "Cookie: " + "; ".join(f"session{number}=x" for number in range(2_000))), (401,)),
    ("one cookie many times", get("/api/auth/me", "Cookie: " + "; ".join(["session=x"] * 2_000)), (401,)),
    ("many parameters", get("/api/posts?" + "&".join(["limit=1"] * 900)), (400,)),
    ("many ids", get("/api/users?ids=" + ",".join(["1"] * 3_000)), (422,)),
    ("a number too long", get("/api/posts/" + "9" * 100), (404,)),
    ("a limit too long", get("/api/posts?limit=" + "9" * 100), (422,)),
    ("a long range", get("/api/media/00000000-0000-7000-8000-000000000000", "Range: bytes=" + ",".join(["0-1"] * 2_000)), (404,)),
    ("a long condition", get("/api/posts/1", "If-None-Match: " + ", ".join(['"x"'] * 5_000)), (404,)),
])
def test_too_much_of_a_request_is_refused_before_anybody_reads_it(site, name, lines, statuses):
    assert raw(site, lines) in statuses, name


@pytest.mark.parametrize("name, body", [
    ("deep lists", "[" * 10_000 + "]" * 10_000), ("deep objects", '{"a":' * 5_000 + "1" + "}" * 5_000), ("an unfinished depth", "[" * 60_000),
    ("a deep member", '{"text": "x", "x": ' + "[" * 5_000 + "]" * 5_000 + "}"), ("a huge number", '{"text": "x", "repost_of": 1e400}'),
    ("a long number", '{"text": "x", "repost_of": ' + "9" * 5_000 + "}"), ("not a number", '{"text": "x", "repost_of": NaN}'),
    ("many media", json.dumps({"text": "x", "media": ["x"] * 10_000})), ("a lone surrogate", '{"text": "\\ud800"}'),
    ("broken UTF-8", b'{"text": "\xff\xfe"}'), ("overlong UTF-8", b'{"text": "\xc0\xaf"}'), ("a comment", '{"text": "x" /* y */}'),
    ("two documents", '{"text": "x"}{"text": "y"}'), ("single quotes", "{'text': 'x'}"), ("a trailing comma", '{"text": "x",}'),
])
def test_a_document_that_is_no_good_is_refused(alice, name, body):
    answer = alice.client.post("/api/posts", body, headers={"Content-Type": "application/json"})
    assert answer.status in (400, 413, 422), (name, answer)
    assert_problem(answer, answer.status)


def test_a_zero_octet_does_not_cut_a_text_short(alice, client):
    answer = alice.client.post("/api/posts", {"text": "before\u0000after"})
    if answer.status == 201:
        assert client.get(f"/api/posts/{answer.json()['id']}").json()["text"] == "before\u0000after"
    else:
        assert_problem(answer, 422, "/text")


@pytest.mark.parametrize("path, kib", [("/api/posts", 128), ("/api/auth/login", 16), ("/api/subscriptions", 4), ("/api/users", 64)])
def test_a_body_is_bounded_also_when_it_does_not_say_how_long_it_is(site, alice, path, kib):
    piece = b"400\r\n" + b"x" * 1024 + b"\r\n"
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {alice.access_token}", "Transfer-Encoding: chunked"]
    assert raw(site, lines, piece * (kib + 1) + b"0\r\n\r\n") == 413


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_nothing_is_unpacked(alice, encoding):
    """A bomb has to be unpacked to go off."""
    answer = alice.client.post("/api/posts", b"\x1f\x8b\x08" + b"\0" * 100,
                               headers={"Content-Type": "application/json", "Content-Encoding": encoding})
    assert_problem(answer, (400, 415))


# ---- names that look like others -------------------------------------------------------------------------------------

LOOKALIKES = {
    "Cyrillic": "\u0430dmin", "Greek": "adm\u03b9n", "mixed scripts": "ad\u043cin", "whole Cyrillic": "\u0430\u0441\u0435", "full width": "\uff41dmin",
    "mathematical": "\U0001d41admin", "ligature": "o\ufb03ce", "dotless i": "adm\u0131n", "dotted I": "adm\u0130n", "long s": "u\u017fer",
    "Kelvin": "\u212aelvin", "combining": "a\u0308dmin", "precomposed": "\u00e4dmin", "zero width space": "ad\u200bmin", "joiner": "ad\u200dmin",
    "word joiner": "ad\u2060min", "soft hyphen": "ad\u00admin", "byte order mark": "\ufeffadmin", "right to left": "\u202enimda", "isolate": "\u2066admin\u2069",
    "left to right mark": "admin\u200e", "no-break space": "ad\u00a0min", "ideographic space": "admin\u3000", "variation selector": "admin\ufe0f",
    "tag": "admin\U000e0061", "space before": " admin", "space after": "admin ", "newline": "admin\n", "tabulator": "ad\tmin", "zero": "admin\u0000",
    "escape": "admin\u001b[2K", "digits only": "1234567", "Arabic digits": "admin\u0661", "slash": "../admin", "at sign": "admin@example.com",
}


@pytest.mark.parametrize("kind", LOOKALIKES)
def test_no_name_looks_like_another(client, alice, kind):
    """Names are ASCII: letters, digits and three signs. So there is nothing to normalise, and nothing to take for another."""
    name = LOOKALIKES[kind]
    body = {"username": name, "email": f"{unique('x')}@example.com", "password": PASSWORD}
    assert_problem(client.post("/api/auth/register", body), 422, "/username")
    assert_problem(alice.client.patch("/api/auth/me", {"username": name, "password": PASSWORD}), 422, "/username")


@pytest.mark.parametrize("email", ["x\u0430@example.com", "x@ex\u0430mple.com", "x@example.com\u200b", "x\u202e@example.com", "x@exa\u00admple.com", "x@\uff45xample.com",
                                   "x@example.com\n", "x@example.com\r\nBcc: y@example.com", "x@example.com,y@example.com", '"x y"@example.com',
                                   "x@example.com\u0000", "<x@example.com>", "x@localhost", "x@@example.com", "@example.com", "x@-example.com"])
def test_no_address_is_two_or_looks_like_another(client, email):
    assert_problem(client.post("/api/auth/register", {"username": unique("x"), "email": email, "password": PASSWORD}), 422, "/email")


def test_names_and_addresses_are_the_same_in_whatever_case(client, alice):
    body = {"username": unique("x"), "email": f"{unique('x')}@example.com", "password": PASSWORD}
    assert_problem(client.post("/api/auth/register", {**body, "username": alice.username.upper()}), 409, "/username")
    assert_problem(client.post("/api/auth/register", {**body, "email": alice.email.upper()}), 409, "/email")


INVISIBLE = ["Ada\nLovelace", "Ada\r\nBcc: x@example.com", "Ada\u0000", "Ada\u001b[31m", "\u202eadA", "Ada\u2066", "Ada\u200b", "Ada\u2028", "\ufeffAda", "Ada\u0085"]


@pytest.mark.parametrize("name", INVISIBLE, ids=ascii)
def test_a_full_name_is_one_line_of_what_one_sees(client, alice, name):
    """It goes into mails and lists, where a line's end or a turned direction would forge what stands beside it."""
    body = {"username": unique("x"), "email": f"{unique('x')}@example.com", "password": PASSWORD, "full_name": name}
    assert_problem(client.post("/api/auth/register", body), 422, "/full_name")
    for field in ("first_name", "last_name", "full_name"):
        assert_problem(alice.client.patch("/api/users/me", {field: name}), 422, f"/{field}")


@pytest.mark.parametrize("name", ["Анна Каренина", "María-José O'Neill", "李小龍", "محمد", "न\u200dम", "می\u200cخواهم", "👩\u200d🚀"], ids=ascii)
def test_a_full_name_is_in_whatever_script(alice, name):
    assert alice.client.patch("/api/users/me", {"full_name": name}).expect(200).json()["full_name"] == name


# ---- elsewhere -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("target", ["//evil.example", "//evil.example/%2e%2e", "/\\evil.example", "/%5cevil.example", "/%2f%2fevil.example", "/.//evil.example",
                                    "/api/posts//evil.example", "/api/auth/login?next=https://evil.example", "/api/auth/invitation?redirect=//evil.example",
                                    "/https:/evil.example", "/api/posts/%0d%0aLocation:%20https://evil.example"])
def test_nobody_is_sent_elsewhere(site, target):
    with RawConnection(site.address) as connection:
        connection.send(f"GET {target} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n\r\n".encode())
        answer = connection.read_response()
    assert not 300 <= answer.status < 400, answer
    assert not answer.values("location") and not answer.values("refresh")


def test_an_address_in_an_answer_is_a_path(alice):
    """The host is what a client says that it is, so no link is made of it."""
    fields = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    answers = [alice.client.post("/api/posts", {"text": "x"}, headers=fields).expect(201),
               alice.client.post("/api/media", png(5, 5), headers={**fields, "Content-Type": "image/png"}).expect(201)]
    for answer in answers:
        assert answer.header("location").startswith("/api/") and "evil.example" not in answer.body.decode()


@pytest.mark.parametrize("id", ["..%2f..%2f..%2fetc%2fpasswd", "..%252f..%252fetc%252fpasswd", "%2e%2e%2f%2e%2e%2fpasswd", "....//....//etc/passwd", "..\\..\\etc",
                                "%00", "x%00.png", "incoming", "objects", "~", "file:%2f%2f%2fetc%2fpasswd", "%c0%ae%c0%ae%c0%afetc", ".", "..", "%2e%2e",
                                "00000000-0000-7000-8000-00000000000g", "../../var/secrets/auth_signing.key", "'%20or%201=1--", "*", "%25"])
def test_an_image_has_an_id_and_no_path(site, alice, id):
    for path in (f"/api/media/{id}", f"/api/media/{id}?w=64", f"/api/users/{id}/avatar"):
        for method in ("GET", "DELETE"):
            status = raw(site, [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {alice.access_token}"])
            assert status in (400, 404, 405), (method, path, status)
    answer = alice.client.post("/api/posts", {"text": "x", "media": [id]})
    assert_problem(answer, 422, "/media/0")


@pytest.mark.parametrize("path", ["/api/posts/../../gatehouse/commands/users.invite", "/api/posts/%2e%2e/%2e%2e/gatehouse/events", "/gatehouse/commands/users.invite",
                                  "/gatehouse/events", "/gatehouse/subscriptions", "/metrics", "/services", "/config", "/api/auth/../../services/auth/commands/users.invite",
                                  "/api/posts/..;/auth/users", "/api/posts/batch/", "/API/AUTH/USERS", "/api/auth//users", "/api/auth/./users", "/api/auth/users%2f",
                                  "/api/auth/users;x=y", "/api/auth/users%00", "/api//auth/users", "/api/auth/users/."])
def test_no_spelling_of_a_path_leads_inside(site, alice, path):
    for method in ("GET", "POST", "PATCH"):
        body = b'{"roles": ["admin"]}' if method != "GET" else b""
        lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {alice.access_token}", "Content-Type: application/json"]
        status = raw(site, [*lines, f"Content-Length: {len(body)}"], body)
        assert status in (400, 404, 405), (method, path, status)


class Trap:
    """An address that nobody has a reason to call; remembers who did."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.callers = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                connection, address = self.socket.accept()
            except OSError:
                return
            self.callers.append(address)
            connection.close()


def test_the_server_fetches_nothing_that_a_client_names(site, alice):
    trap = Trap()
    url = f"http://127.0.0.1:{trap.port}/latest/meta-data"
    body = {"text": f"see {url}", "url": url, "link": url, "media_url": url, "image": url, "avatar_url": url, "avatar": url, "callback": url, "webhook": url}
    fields = {"Referer": url, "Origin": url, "X-Forwarded-Host": f"127.0.0.1:{trap.port}", "Host": f"127.0.0.1:{trap.port}", "X-Original-URL": url}
    client = alice.client
    client.post("/api/posts", body, headers=fields).expect(201)
    client.post("/api/posts", {**body, "media": [url]}).expect(422)
    client.patch("/api/users/me", body).expect(200)
    client.post("/api/media", body).expect((400, 415, 422))
    client.post("/api/media", f"url={url}", headers={"Content-Type": "application/x-www-form-urlencoded"}).expect((400, 415, 422))
    client.put("/api/users/me/avatar", url, headers={"Content-Type": "text/uri-list"}).expect((400, 415, 422))
    svg = f'<svg xmlns:xlink="x"><image xlink:href="{url}"/></svg>'
    client.post("/api/media", svg, headers={"Content-Type": "image/svg+xml"}).expect(415)
    bearer = f"Authorization: Bearer {alice.access_token}"
    for lines in ([f"GET {url} HTTP/1.1", f"Host: 127.0.0.1:{trap.port}", bearer], [f"CONNECT 127.0.0.1:{trap.port} HTTP/1.1", f"Host: 127.0.0.1:{trap.port}"],
                  [f"GET /api/posts?url={url} HTTP/1.1", "Host: x"], ["GET /api/posts HTTP/1.1", "Host: x", f"Proxy: {url}", f"X-Proxy: {url}"]):
        assert raw(site, lines) in (200, 400, 404, 501)
    assert trap.callers == []
    trap.socket.close()


def test_json_in_the_disguise_of_a_form_is_no_json(alice):
    """Pages of other sites can send these three types without being asked whether they may."""
    for disguise in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert_problem(alice.client.post("/api/posts", '{"text": "x"}', headers={"Content-Type": disguise}), 415)
