"""`gatehouse seed`: what it writes is what people could have made, the same each time, and only where nobody is yet."""

import hashlib
import os
import re
import signal
import subprocess
import uuid
from urllib.parse import quote

import pytest

from harness.client import Client, eventually
from harness.gatehouse import BINARY, run_command
from harness.images import size_of_png
from harness.site import ADMIN_TOKEN, PASSWORD, Site, create_admin, shipped_configuration
from postgres import Postgres
from seed.tables import Tables

USERS, POSTS = 500, 3000
SMALL = ("--users", 40, "--posts", 200)


@pytest.fixture(scope="module")
def server(request):
    if request.config.getoption("--database") == "sqlite":
        yield None
        return
    with Postgres() as running:
        yield running


@pytest.fixture(scope="module")
def new_site(server, tmp_path_factory):
    """Makes sites on empty databases; they are not started."""
    made = []

    def make():
        storage = server.create_database(f"seed_{uuid.uuid4().hex[:12]}") if server else None
        site = Site(tmp_path_factory.mktemp("seed"), shipped_configuration(), storage)
        site.write_routes()
        made.append(site)
        return site

    yield make
    for site in made:
        site.kill()


def seed(site, *arguments, **options):
    return run_command("seed", *arguments, "--config", site.routes_file, folder=site.folder, seconds=300, **options)


@pytest.fixture(scope="module")
def town(new_site):
    """A seeded installation that runs."""
    site = new_site()
    done = seed(site, "--users", USERS, "--posts", POSTS, "--seed", 7, "--password", PASSWORD)
    assert done.returncode == 0, done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    site.storage_tables = Tables(site)
    with site:
        yield site


def files(site):
    """What media keeps: name -> content."""
    return {path.name: path.read_bytes() for path in (site.folder / "var/data/media/objects").rglob("*.*")}


def log_in(site, name, password=PASSWORD):
    with site.client() as client:
        token = client.post("/api/auth/login", {"login": name, "password": password}).expect(200).json()["access_token"]
    return site.client(token)


def test_a_made_up_person_logs_in_reads_a_feed_and_writes(town):
    tables = town.storage_tables
    reader, followed = tables.rows("subscriptions", "select follower_id, count(*) from follows group by 1 order by 2 desc, 1")[0]
    name = tables.rows("auth", f"select username from users where id = {reader}")[0][0]
    me = log_in(town, name)
    profile = me.get("/api/users/me").expect(200).json()
    assert profile["subscriptions"] == int(followed) and profile["full_name"]
    feed = me.get("/api/newsfeed?limit=100").expect(200).json()["items"]
    may_see = tables.rows("subscriptions", f"""select p.post_id from feed_posts p join follows f on f.user_id = p.author_id
        where f.follower_id = {reader} order by p.post_id desc limit 100""")
    assert [str(post["id"]) for post in feed] == [row[0] for row in may_see]
    me.post("/api/posts", {"text": "I am real"}).expect(201)
    liked = next(post for post in feed if not post["liked_by_me"])
    me.put(f"/api/posts/{liked['id']}/like").expect(204)
    assert me.get(f"/api/posts/{liked['id']}").json()["likes"] == liked["likes"] + 1
    me.delete(f"/api/posts/{liked['id']}/like").expect(204)
    assert me.get("/api/newsfeed?limit=1").expect(200).json()["items"][0]["id"] == feed[0]["id"]


@pytest.mark.parametrize("words", ["bicycle", "велосипед", "старую книгу", '"book was"'])
def test_posts_are_found_in_both_languages(town, words):
    found = town.client().get(f"/api/posts/search?limit=50&q={quote(words)}").expect(200).json()["items"]
    assert found and all("<mark>" in (hit["highlight"]["text"] + (hit["highlight"]["title"] or "")) for hit in found)


def test_tags_lists_comments_and_likes_answer(town):
    client = town.client()
    for tag in ("фото", "photo"):
        items = client.get(f"/api/posts?tag={quote(tag)}").expect(200).json()["items"]
        assert items and all(tag in item["tags"] for item in items)
    top = client.get("/api/posts?sort=top").expect(200).json()["items"]
    assert [post["likes"] for post in top] == sorted((post["likes"] for post in top), reverse=True) and top[0]["likes"] > 20
    busy = town.storage_tables.rows("posts", "select id, comments from posts order by comments desc, id limit 1")[0]
    comments = client.get(f"/api/posts/{busy[0]}/comments?limit=100").expect(200).json()["items"]
    assert len(comments) == min(100, int(busy[1]))


def test_a_made_up_person_finds_notifications_in_their_language(town):
    tables = town.storage_tables
    seen = set()
    for reader, language in tables.rows("notify", """select a.user_id, coalesce(a.language, '') from accounts a join notifications n
            on n.user_id = a.user_id group by 1, 2 order by count(*) desc limit 40"""):
        if language in seen:
            continue
        seen.add(language)
        me = log_in(town, tables.rows("auth", f"select username from users where id = {reader}")[0][0])
        page = me.get("/api/notifications?limit=100").expect(200).json()
        assert page["unread"] == tables.number("notify", f"select count(*) from notifications where user_id = {reader} and read_at is null")
        assert (me.get("/api/notifications/settings").expect(200).json()["language"] or "") == language
        for told in page["items"]:
            assert told["kind"] == "new_follower" and told["created_at"] < "2025"
            assert told["text"].startswith("На вас подписался") == (language == "ru"), told
            assert me.get(f"/api/users/{told['data']['follower_id']}").expect(200).json()["username"] == told["data"]["follower"]
        assert me.post("/api/notifications/read", {"all": True}).expect(200).json()["unread"] == 0
    assert seen >= {"", "ru"}


def test_notifications_are_those_of_real_followings_and_nobody_is_mailed(town):
    tables = town.storage_tables
    begin = "1720137600000"  # half a year before the end of 2024
    followings = set(tables.rows("subscriptions", f"select id, user_id from follows where created_at >= {begin}"))
    muted = {row[0] for row in tables.rows("notify", "select user_id from accounts where muted_in_app <> ''")}
    told = set(tables.rows("notify", "select id, user_id from notifications"))
    assert told == {row for row in followings if row[1] not in muted} and 0 < len(muted) < USERS / 5 and len(told) > USERS
    assert {row[0] for row in tables.rows("notify", "select read_at is null from notifications group by 1")} & {"1", "t"}
    assert tables.number("notify", "select count(*) from notifications where read_at is not null") > USERS / 2
    assert dict(tables.rows("notify", "select user_id, username || ' ' || email from accounts where is_confirmed and username not like 'root%'")) == \
        dict(tables.rows("auth", "select id, username || ' ' || email from users where username not like 'root%'"))
    for table in ("mails", "webhooks", "webhook_deliveries"):
        assert tables.number("notify", f"select count(*) from {table}") == 0, table
    assert not list((town.folder / "var").rglob("*.eml"))
    assert set(tables.rows("notify", "select id from public_posts")) >= set(tables.rows("posts", "select id from posts where "
                                                                                     "visibility = 'public' and text <> 'I am real'"))


def test_a_moderator_sees_reports_and_an_administrator_the_audit_log(town):
    tables = town.storage_tables
    moderators = dict(tables.rows("auth", "select id, username from users where roles = 'moderator,user'"))
    assert len(moderators) == 2 and tables.number("auth", "select count(*) from users where roles = 'user'") == USERS - 2
    moderator = log_in(town, min(moderators.values()))
    root = create_admin(town).client
    reports = moderator.get("/api/admin/reports?limit=100").expect(200).json()["items"]
    states = [report["state"] for report in reports]
    assert set(states) == {"open", "resolved"} and states.count("resolved") > states.count("open")
    for report in reports:
        is_gone = report["action"] == "remove"
        kind, number = report["target"].split("/")
        if kind == "comment":
            found = tables.rows("posts", f"select author_id, text from comments where id = {number}")
            assert found == ([] if is_gone else [(str(report["author_id"]), report["excerpt"])])
            continue
        seen = moderator.get({"post": "/api/posts/", "user": "/api/users/"}[kind] + number).expect(404 if is_gone else 200)
        if kind == "post" and not is_gone:
            assert seen.json()["author_id"] == report["author_id"] and seen.json()["text"][:100] in report["excerpt"]
    entries = root.get("/api/admin/audit?limit=100").expect(200).json()["items"]
    assert {entry["action"] for entry in entries} >= {"report.resolve", "post.remove"}
    assert {str(entry["actor_id"]) for entry in entries} <= set(moderators)
    assert [entry["id"] for entry in entries] == sorted((entry["id"] for entry in entries), reverse=True)
    open_one = next(report for report in reports if report["state"] == "open" and str(report["author_id"]) not in moderators)
    done = moderator.post(f"/api/admin/reports/{open_one['id']}/resolve", {"action": "dismiss", "note": "no"}).expect(200).json()
    assert done["state"] == "resolved" and done["resolved_by_name"] == min(moderators.values())
    moderator.get("/api/admin/audit").expect(403)
    assert str(root.get("/api/admin/audit?limit=1").expect(200).json()["items"][0]["target"]) == f"report/{open_one['id']}"


def test_every_counter_equals_a_recount(town):
    tables = town.storage_tables
    for column, count in (("likes", "select count(*) from likes l where l.post_id = p.id"),
                          ("comments", "select count(*) from comments c where c.post_id = p.id and c.deleted_at is null"),
                          ("reposts", "select count(*) from posts r where r.repost_of = p.id and r.visibility = 'public'")):
        assert tables.number("posts", f"select count(*) from posts p where p.{column} <> ({count})") == 0, column
        assert tables.number("posts", f"select sum({column}) from posts") > 0
    assert tables.number("posts", "select count(*) from post_tags t join posts p on p.id = t.post_id where t.likes <> p.likes or "
                                  "t.visibility <> p.visibility or t.author_id <> p.author_id") == 0
    follows = set(tables.rows("subscriptions", "select follower_id, user_id from follows"))
    assert follows == set(tables.rows("posts", "select follower_id, author_id from follows"))
    counted = {}
    for follower, user in follows:
        counted.setdefault(follower, [0, 0])[0] += 1
        counted.setdefault(user, [0, 0])[1] += 1
    told = {row[0]: [int(row[1]), int(row[2])] for row in tables.rows("users", "select * from follow_counts")}
    assert told == counted
    versions = dict(tables.rows("subscriptions", "select user_id, version from readers"))
    assert versions == {user: str(both[0]) for user, both in counted.items() if both[0]}


def test_services_agree_on_who_there_is_and_what_was_written(town):
    tables = town.storage_tables
    made_up = "where username not like 'root%'"  # one of another test
    people = dict(tables.rows("auth", f"select id, username from users {made_up}"))
    assert len(people) == USERS and people == dict(tables.rows("users", f"select user_id, username from profiles {made_up}"))
    assert set(tables.rows("posts", "select distinct author_id, author_name from posts")) <= set(people.items())
    assert set(tables.rows("posts", "select distinct user_id, user_name from likes")) <= set(people.items())
    assert set(tables.rows("posts", "select id, author_id, visibility from posts where visibility <> 'private' and text <> 'I am real'")) == \
        set(tables.rows("subscriptions", f"select post_id, author_id, visibility from feed_posts order by seq limit {POSTS}")) - \
        set(tables.rows("posts", "select id, author_id, visibility from posts where text = 'I am real'"))
    hidden = "select count(*) from {} h join posts p on p.id = h.post_id where p.visibility <> 'public'"
    assert tables.number("posts", hidden.format("likes")) == tables.number("posts", hidden.format("comments")) == 0
    assert tables.number("auth", f"select count(distinct password_hash) from users {made_up}") == 1


def test_avatars_and_photos_are_served_in_every_size(town):
    tables, client = town.storage_tables, town.client()
    for row in tables.rows("users", "select user_id from profiles where avatar_id is not null order by user_id limit 5"):
        person = client.get(f"/api/users/{row[0]}").expect(200).json()
        assert size_of_png(client.get(person["avatar_url"]).expect(200).body) == (256, 256)
        assert size_of_png(client.get(person["avatar_url"].replace("256", "64")).expect(200).body) == (64, 64)
    most = tables.rows("posts", "select id from posts where visibility = 'public' order by length(media) desc, id limit 1")[0][0]
    post = client.get(f"/api/posts/{most}").expect(200).json()
    assert len(post["media"]) == len(set(post["media"])) == 4
    someone = log_in(town, post["author_name"])
    for image_id in post["media"]:
        shown = client.get(f"/api/media/{image_id}").expect(200)
        assert shown.header("content-type") == "image/jpeg"
        small = client.get(f"/api/media/{image_id}?w=256").expect(200)
        assert small.header("content-type") == "image/jpeg" and 0 < len(small.body) < len(shown.body)
        taken = someone.post("/api/media", shown.body, headers={"Content-Type": "image/jpeg"}).expect(201).json()
        stored = tables.rows("media", f"select width, height, bytes from media where id = '{image_id}'")[0]
        assert (str(taken["width"]), str(taken["height"]), str(len(shown.body))) == stored
        someone.delete(taken["url"]).expect(204)
    someone.patch(f"/api/posts/{most}", {"media": post["media"][:2]}).expect(200)  # they are the author's own
    someone.patch(f"/api/posts/{most}", {"media": post["media"]}).expect(200)


def test_images_are_those_of_profiles_and_posts_and_files_are_few(town):
    tables = town.storage_tables
    owners = dict(tables.rows("media", "select id, owner_id from media"))
    avatars = dict(tables.rows("users", "select avatar_id, user_id from profiles where avatar_id is not null"))
    photos = {image_id: author for ids, author in tables.rows("posts", "select media, author_id from posts where media <> ''")
              for image_id in ids.split()}
    assert 0.5 * USERS < len(avatars) < 0.7 * USERS and len(photos) > 0.2 * POSTS
    assert owners == avatars | photos and len(owners) == len(avatars) + len(photos)
    assert tables.number("media", "select count(*) from reservations") == 0
    referred = {row[0] for row in tables.rows("media", "select distinct object_name from media")}
    kept = files(town)
    assert len(referred) <= 24 and referred <= set(kept)
    for name in referred:
        assert hashlib.sha256(kept[name]).hexdigest() == name.split(".")[0]


def test_who_leaves_takes_their_images_along_and_no_others(new_site):
    site = new_site()
    assert seed(site, *SMALL, "--password", PASSWORD).returncode == 0
    tables = Tables(site)
    with site:
        leaver = tables.rows("media", "select owner_id from media group by 1 order by count(*) desc, 1 limit 1")[0][0]
        name = tables.rows("auth", f"select username from users where id = {leaver}")[0][0]
        others = tables.number("media", f"select count(*) from media where owner_id <> {leaver}")
        log_in(site, name).delete("/api/users/me").expect(204)
        eventually(lambda: tables.number("media", f"select count(*) from media where owner_id = {leaver}") == 0,
                   "the images of one to be gone", seconds=30)
        assert tables.number("media", "select count(*) from media") == others
        with site.client() as client:
            for row in tables.rows("media", "select min(id) from media group by object_name"):
                client.get(f"/api/media/{row[0]}").expect(200)


def test_the_same_plan_is_the_same_data_and_another_seed_other_data(new_site):
    first, second, other = new_site(), new_site(), new_site()
    for site, number in ((first, 5), (second, 5), (other, 6)):
        assert seed(site, *SMALL, "--seed", number).returncode == 0
    sums = Tables(first).checksums()
    assert sums == Tables(second).checksums()
    assert all(count > 0 for count, _ in sums.values()), sums
    assert not set(sums.values()) & set(Tables(other).checksums().values())
    assert files(first) == files(second) and not set(files(first)) & set(files(other))
    for service in ("auth", "media", "users", "posts", "subscriptions", "admin", "notify"):
        assert Tables(first).number(service, "select count(*) from gh_outbox") == 0, "nobody is told"


def test_a_database_in_use_is_refused_unless_one_says_append(new_site):
    site = new_site()
    assert seed(site, *SMALL).returncode == 0
    before = Tables(site).checksums()
    again = seed(site, *SMALL)
    assert again.returncode == 1 and "in use" in again.stderr and "--append" in again.stderr
    assert seed(site, *SMALL, "--append").returncode == 0
    assert Tables(site).checksums() == before, "what is there stays as it is"
    assert seed(site, *SMALL, "--seed", 99, "--append").returncode == 0
    assert Tables(site).number("auth", "select count(*) from users") == 80


@pytest.mark.parametrize(("service", "table", "enough", "all_of_them"), [("posts", "posts", 2000, 12000), ("media", "objects", 3, 34)])
def test_an_interrupted_run_is_continued(new_site, service, table, enough, all_of_them):
    whole, cut = new_site(), new_site()
    plan = ("--users", 3000, "--posts", 12000, "--seed", 3)
    assert seed(whole, *plan).returncode == 0
    assert Tables(whole).number(service, f"select count(*) from {table}") == all_of_them
    running = subprocess.Popen([str(BINARY), "seed", *map(str, plan), "--config", str(cut.routes_file)], cwd=cut.folder,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def has_begun():
        try:
            return Tables(cut).number(service, f"select count(*) from {table}") >= enough
        except Exception:  # no table yet
            return False

    eventually(has_begun, f"some {table}", every=0.02)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    assert 0 < Tables(cut).number(service, f"select count(*) from {table}") < all_of_them
    assert seed(cut, *plan, "--append").returncode == 0
    assert Tables(cut).checksums() == Tables(whole).checksums()
    assert files(cut) == files(whole)


def test_beside_a_running_gateway_the_services_write_there(new_site):
    site, alone = new_site(), new_site()
    assert seed(alone, *SMALL, "--seed", 4).returncode == 0
    with site:
        done = seed(site, *SMALL, "--seed", 4, "--admin", f"http://{site.gateway.admin_address}", "--token-file", "var/secrets/admin.token")
        assert done.returncode == 0, done.stderr
        password = re.search(r"password of all, shown only now: (\w{20})", done.stdout)[1]
        name, moderator = re.search(r"log in as (\w+); a moderator: (\w+)", done.stdout).groups()
        assert Tables(site).checksums() == Tables(alone).checksums()
        log_in(site, name, password).get("/api/newsfeed").expect(200)
        log_in(site, moderator, password).get("/api/admin/reports").expect(200)
        log = (site.folder / "gateway.log").read_text()
        assert password not in log and "argon2" not in log


def test_the_commands_refuse_nonsense(town):
    admin = Client(town.gateway.admin_address, token=ADMIN_TOKEN)
    plan = {"users": 10, "posts": 10, "seed": 1}
    for command, arguments, status in (
            ("seed.plan", plan, 409), ("seed.plan", {**plan, "users": 0}, 422), ("seed.plan", {**plan, "posts": 10**12}, 422),
            ("seed.write", {**plan, "part": "nothing", "first": 0, "count": 1}, 422),
            ("seed.write", {**plan, "part": "posts", "first": 10, "count": 1}, 422),
            ("seed.write", {**plan, "part": "posts", "first": 0, "count": 10**9}, 422)):
        admin.post(f"/services/posts/commands/{command}", arguments).expect(status)
    admin.post("/services/auth/commands/seed.write", {**plan, "part": "accounts", "first": 0, "count": 1, "keep": "plain"}).expect(422)
    admin.post("/services/auth/commands/seed.plan", {**plan, "append": True, "password": "short"}).expect(422)


def test_help_begins_with_examples_and_numbers_are_checked(tmp_path):
    shown = run_command("seed", "--help")
    assert shown.returncode == 0 and shown.stdout.index("gatehouse seed --users 500") < shown.stdout.index("--append")
    assert run_command("seed", "--users", 0, "--posts", 1).returncode == 2
    assert run_command("seed", "--users", 1).returncode == 2
