"""What other systems of this kind were seen to do wrong, where no other test shows that this one does not: see the table in
README.md."""

import json
import re
import sqlite3
import subprocess
import time

import pytest
import yaml

from harness.client import assert_problem
from harness.gatehouse import PLUGINS, REPOSITORY, Server, run_command
from harness.images import png
from harness.routes import RouteTable
from harness.site import Site, register, shipped_configuration, write_secrets
from harness.upstream import Upstream, answer


# ---- identity --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("login, password", [
    ("admin", "admin"), ("admin", "password"), ("admin", ""), ("root", "root"), ("test", "test"), ("user", "user"), ("demo", "demo"),
    ("admin@example.com", "admin"), ("gatehouse", "gatehouse"), ("moderator", "moderator")])
def test_there_is_no_account_that_nobody_made(client, login, password):
    assert_problem(client.post("/api/auth/login", {"login": login, "password": password}), (401, 422, 429))


@pytest.mark.parametrize("path", ["/api/auth/admin", "/api/auth/token/admin", "/api/auth/admin-token", "/api/auth/dev/token", "/api/auth/debug", "/debug",
                                  "/api/auth/impersonate", "/api/auth/users/1/token"])
def test_nothing_gives_tokens_away(client, path):
    assert client.get(path).status in (401, 404, 405)
    assert client.post(path, {"user_id": 1}).status in (401, 404, 405)


def test_a_profile_of_others_has_no_address_and_no_number(site, client, alice, bob):
    alice.client.patch("/api/users/me", {"phone": "+79990001122", "birthday": "1990-02-28"}).expect(200)
    shown = [client.get(path).expect(200).body.decode() for path in
             (f"/api/users/{alice.id}", f"/api/users?ids={alice.id}", f"/api/users?q={alice.username}")]
    shown += [bob.client.get(path).expect(200).body.decode() for path in (f"/api/users/{alice.id}", f"/api/auth/users/{alice.username}")]
    for text in shown:
        assert alice.username in text and "+79990001122" not in text and alice.email not in text and "1990" not in text


def test_the_shipped_configuration_slows_guessing_down(tmp_path):
    """Beside the throttle of each account: whoever tries many accounts comes from somewhere."""
    configuration = shipped_configuration()
    configuration["policies"] = yaml.safe_load((REPOSITORY / "routes.yaml").read_text())["policies"]
    paths = ["/api/auth/login", "/api/auth/register", "/api/auth/token", "/api/auth/email/verify", "/api/auth/password/forgot",
             "/api/auth/password/reset", "/api/auth/invitation"]
    with Site(tmp_path, configuration) as site, site.client() as client:
        for path in paths:
            statuses = []
            while len(statuses) < 100 and 429 not in statuses:
                last = client.post(path, b"[]")
                statuses.append(last.status)
            assert statuses[-1] == 429 and last.header("gatehouse-error") == "rate_limited", (path, statuses)
            assert last.header("retry-after")


# ---- correctness -----------------------------------------------------------------------------------------------------

def test_things_made_one_after_another_have_ids_and_times_of_their_own(alice, bob, client):
    posts = [alice.client.post("/api/posts", {"text": "x"}).expect(201).json() for _ in range(20)]
    assert len({post["id"] for post in posts}) == 20
    assert len({post["created_at"] for post in posts}) > 1
    for user, shade in ((alice, 10), (bob, 200)):
        user.client.put("/api/users/me/avatar", png(70, 70, shade), headers={"Content-Type": "image/png"}).expect(200)
    pictures = [client.get(user.client.get("/api/users/me").json()["avatar_url"]).expect(200).body for user in (alice, bob)]
    assert pictures[0] != pictures[1]


def test_reading_waits_for_no_writer(site, alice, client):
    """A look at a post takes no lock: it is answered while somebody else holds the row."""
    post = alice.client.post("/api/posts", {"text": "x"}).expect(201).json()["id"]
    if site.storage and site.storage.startswith("postgresql:"):
        holder = subprocess.Popen(["psql", "-qAt", site.storage], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        holder.stdin.write(f"begin; select id from posts.posts where id = {post} for update;\n")
        holder.stdin.flush()
        assert holder.stdout.readline().strip() == str(post)
        release = lambda: holder.communicate("rollback;\n", timeout=10)  # noqa: E731
    else:
        database = sqlite3.connect(site.folder / "var" / "data" / "posts.db", timeout=30, isolation_level=None)
        database.execute("begin immediate")
        release = lambda: (database.execute("rollback"), database.close())  # noqa: E731
    try:
        began = time.monotonic()
        for path in (f"/api/posts/{post}", f"/api/posts?author={alice.id}", f"/api/posts/{post}/comments"):
            client.get(path).expect(200)
        assert time.monotonic() - began < 5
    finally:
        release()


ODD = ["%00", "%ff", "'", "\"", "0x10", "1e3", "-1", "9" * 30, "null", "undefined", "NaN", "{}", "[]", "%7B%22$ne%22:1%7D", "1;drop", "1%20or%201=1", "%F0%9F%9A%80"]


def test_no_odd_value_makes_a_server_error_or_tells_of_the_inside(site, home, alice):
    """Every route, every place in its path, and the parameters of lists."""
    if home != "plugin":
        pytest.skip("the routes are the same in every home, and listed in this one")
    lists = [f"/api/posts?{name}={{}}" for name in ("author", "tag", "sort", "limit", "cursor")]
    lists += ["/api/users?ids={}", "/api/users?q={}", "/api/posts/search?q={}", "/api/newsfeed?limit={}", "/api/newsfeed?cursor={}", "/api/auth/login?cookie={}"]
    tries = [("GET", path.format(value)) for path in lists for value in ODD]
    for method, pattern in RouteTable(site).internal:
        if "{" in pattern:
            tries += [(method, re.sub(r"\{[^}]*\}", lambda _, value=value: value, pattern)) for value in ODD]
    for method, path in tries:
        got = alice.client.request(method, path, {} if method in ("POST", "PUT", "PATCH") else None)
        assert got.status < 500, (method, path, got)
        if got.status >= 400:
            assert_problem(got, got.status)


# ---- performance -----------------------------------------------------------------------------------------------------

def test_a_page_of_people_asks_for_all_their_names_at_once_on_a_kept_connection(tmp_path):
    """The service users is played: it sees how often it is asked, and how often it is connected to."""
    def behave(connection, request):
        connection.read_request_body(request)
        ids = re.search(r"ids=([\d,]+)", request.target)
        profiles = [{"id": int(one), "username": f"user{one}"} for one in (ids[1].split(",") if ids else [request.target.rsplit("/", 1)[1]])]
        body = json.dumps({"items": profiles} if ids else profiles[0]).encode()
        connection.send(answer(body, headers=[("Content-Type", "application/json")]))

    upstream = Upstream(behave)
    configuration = shipped_configuration()
    configuration["services"]["users"] = {"at": upstream.url}
    with upstream, Site(tmp_path, configuration) as site:
        user = register(site)
        for number in range(1, 41):
            user.client.post("/api/subscriptions", {"user_id": number}).expect(201)
        page = user.client.get("/api/subscriptions?limit=40").expect(200).json()["items"]
        assert [person["username"] for person in page] == [f"user{number}" for number in range(40, 0, -1)]
        assert len([request for request in upstream.requests if "ids=" in request.target]) == 1
        for _ in range(20):
            user.client.get("/api/subscriptions?limit=40").expect(200)
        assert len(upstream.requests) > 60 and upstream.accepted <= 8  # one for each loop and worker that had to wait


def test_requests_need_no_new_connections_to_the_database(site, alice):
    if not (site.storage and site.storage.startswith("postgresql:")):
        pytest.skip("SQLite has none")

    def processes():
        query = "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        answer = subprocess.run(["psql", "-qAt", site.storage, "-c", query], check=True, capture_output=True, text=True)
        return set(answer.stdout.split())

    for path in ("/api/posts", "/api/users/me", "/api/auth/me", "/api/subscriptions"):
        alice.client.get(path).expect(200)
    before = processes()
    for _ in range(50):
        for path in ("/api/posts", "/api/users/me", "/api/auth/me", "/api/subscriptions"):
            alice.client.get(path).expect(200)
    assert len(processes() - before) <= 8, "more than a pool that still grows"


@pytest.mark.parametrize("path", ["/api/posts", "/api/posts?sort=top", "/api/posts/search?q=a", "/api/users?q=a", "/api/newsfeed", "/api/subscriptions",
                                  "/api/subscriptions/{id}", "/api/subscriptions/{id}/followers", "/api/posts/{post}/comments", "/api/posts/{post}/likes"])
def test_every_list_comes_in_pages(alice, path):
    post = alice.client.post("/api/posts", {"text": "a"}).expect(201).json()["id"]
    path = path.format(id=alice.id, post=post)
    separator = "&" if "?" in path else "?"
    page = alice.client.get(path).expect(200).json()
    assert len(page["items"]) <= 20 and "next_cursor" in page
    for limit in ("0", "101", "-1", "1000000", "all"):
        assert_problem(alice.client.get(f"{path}{separator}limit={limit}"), 422, parameter="limit")


# ---- operations ------------------------------------------------------------------------------------------------------

TEXTS = (".yaml", ".yml", ".md", ".cpp", ".hpp", ".h", ".py", ".sh", ".json", ".txt", ".service", ".sql", ".cmake", "")
KEYS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s*\n[A-Za-z0-9+/=\s]{40}|eyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}|AKIA[0-9A-Z]{16}")


def test_no_secret_is_shipped():
    """Keys and tokens are named by file or environment, and made at the first start."""
    folders = [REPOSITORY / name for name in ("gateway", "plugins", "sdk", "deploy")] + [REPOSITORY / "routes.yaml", REPOSITORY / "dev"]
    files = [file for folder in folders for file in (folder.rglob("*") if folder.is_dir() else [folder]) if file.is_file()]
    assert len(files) > 500
    found = [str(file) for file in files if file.suffix in TEXTS and KEYS.search(file.read_text(encoding="utf-8", errors="ignore"))]
    assert found == []

    def values(node, name=""):
        if isinstance(node, dict):
            yield from ((key, value) for child, inner in node.items() for key, value in values(inner, child))
        elif isinstance(node, list):
            yield from ((key, value) for inner in node for key, value in values(inner, name))
        else:
            yield name, node

    configuration = yaml.safe_load((REPOSITORY / "routes.yaml").read_text())
    secret = [(key, value) for key, value in values(configuration) if re.search(r"(^|_)(key|secret|token|password)$", key)]
    assert len(secret) >= 5 and all(str(value).startswith(("file:", "env:")) for _, value in secret), secret


@pytest.mark.parametrize("name", ["auth_signing.key", "internal_assertion.key"])
def test_without_a_secret_nothing_starts(tmp_path, name):
    write_secrets(tmp_path)
    (tmp_path / "var" / "secrets" / name).unlink()
    (tmp_path / "routes.yaml").write_text(yaml.safe_dump(shipped_configuration()))
    result = run_command("check", "routes.yaml", folder=tmp_path)
    assert result.returncode != 0 and name in result.stdout + result.stderr
    server = Server("gateway", ["run", tmp_path / "routes.yaml"], tmp_path)
    with pytest.raises(AssertionError, match=name):
        server.start()


@pytest.mark.parametrize("key", ["", "changeme", "secret"])
def test_a_weak_secret_does_not_do(tmp_path, key):
    write_secrets(tmp_path)
    (tmp_path / "var" / "secrets" / "auth_signing.key").write_text(key)
    with pytest.raises(AssertionError):
        Server("auth", ["serve", PLUGINS / "auth.so", "--listen", "127.0.0.1:0", "--config",
                        '{"signing_key": "file:var/secrets/auth_signing.key", "algorithm": "HS256"}'], tmp_path).start()


def test_the_table_of_mistakes_names_tests_that_exist():
    tests = REPOSITORY / "tests" / "integration"
    texts = {path: path.read_text(encoding="utf-8") for path in tests.rglob("test_*.py")}
    defined = {name for text in texts.values() for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}
    defined |= {path.stem for path in texts}
    named = set(re.findall(r"`(?:\.\./)?(?:\w+/)?(test_\w+?)(?:\.py)?`", (tests / "services" / "README.md").read_text(encoding="utf-8")))
    assert len(named) > 30 and named <= defined, named - defined
