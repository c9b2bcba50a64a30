"""The admin service through the gateway: bans, roles, reports and the audit log, wherever posts runs."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest

from harness.client import assert_problem, eventually
from harness.site import PASSWORD, User, create_admin, register
from harness.streams import EventStream


@pytest.fixture(scope="module")
def root(site):
    return create_admin(site)


@pytest.fixture(scope="module")
def moderator(site, root):
    return promoted(site, root, "moderator")


def promoted(site, root, role):
    """A user with that role, logged in after he got it."""
    user = register(site, role)
    root.client.patch(f"/api/admin/users/{user.id}", {"roles": ["user", role]}).expect(200)
    return logged_in(user)


def log_in(user):
    return user.site.client().post("/api/auth/login", {"login": user.username, "password": PASSWORD})


def logged_in(user):
    return User(user.site, {"user": {"id": user.id, "username": user.username, "email": user.email}, **log_in(user).expect(200).json()})


def ban(root, user, **more):
    return root.client.post(f"/api/admin/users/{user.id}/ban", {"reason": "spam", **more})


def show(root, user):
    return root.client.get(f"/api/admin/users/{user.id}").expect(200).json()


def publish(user, **more):
    return user.client.post("/api/posts", {"text": "buy now", **more}).expect(201).json()["id"]


def report(user, **target):
    return user.client.post("/api/reports", {"reason": "an advertisement", **target})


def resolve(moderator, report_id, action, **more):
    return moderator.client.post(f"/api/admin/reports/{report_id}/resolve", {"action": action, **more})


def audit(root, query):
    return root.client.get("/api/admin/audit?" + query).expect(200).json()["items"]


# ---- who may what ----------------------------------------------------------------------------------------------------

ROUTES = [
    # method, path, body, statuses for: anonymous, user, moderator, admin
    ("GET", "/api/admin/users", None, 401, 403, 403, 200),
    ("GET", "/api/admin/users/1", None, 401, 403, 403, 404),
    ("PATCH", "/api/admin/users/1", {"roles": ["user"]}, 401, 403, 403, 404),
    ("POST", "/api/admin/users/1/ban", {"reason": "x"}, 401, 403, 403, 404),
    ("POST", "/api/admin/users/1/unban", None, 401, 403, 403, 404),
    ("POST", "/api/admin/users/1/verify-email", None, 401, 403, 403, 404),
    ("GET", "/api/admin/audit", None, 401, 403, 403, 200),
    ("GET", "/api/admin/reports", None, 401, 403, 200, 200),
    ("GET", "/api/admin/reports/1", None, 401, 403, 404, 404),
    ("POST", "/api/admin/reports/1/resolve", {"action": "dismiss"}, 401, 403, 404, 404),
    ("POST", "/api/reports", {"post_id": 1, "reason": "x"}, 401, 404, 404, 404),
    ("GET", "/api/admin/users/", None, 401, 403, 403, 200),
]


@pytest.mark.parametrize("method, path, body, anonymous, user, mod, admin", ROUTES, ids=[f"{r[0]} {r[1]}" for r in ROUTES])
def test_every_route_is_for_those_it_is_for(client, alice, moderator, root, method, path, body, anonymous, user, mod, admin):
    forged = {"X-User-ID": "1", "X-User-Roles": "admin", "X_User_Roles": "admin"}
    for caller, status in ((client, anonymous), (alice.client, user), (moderator.client, mod), (root.client, admin)):
        answer = caller.request(method, path, body, headers=forged)
        if status == 200:
            answer.expect(200)
        else:
            assert_problem(answer, status)


# ---- bans ------------------------------------------------------------------------------------------------------------

def test_a_ban_ends_all_access_at_once_and_its_end_gives_it_back(site, root, alice, bob):
    second = log_in(alice).expect(200).json()["access_token"]
    mine = publish(alice)
    answer = ban(root, alice).expect(200).json()
    assert answer["status"] == "banned" and answer["ban"]["reason"] == "spam" and answer["ban"]["until"] is None
    for token in (alice.access_token, second):
        with site.client(token) as one:
            for method, path, body in (("GET", "/api/auth/me", None), ("POST", "/api/posts", {"text": "x"}), ("GET", "/api/newsfeed", None),
                                       ("DELETE", f"/api/posts/{mine}", None), ("GET", "/api/posts", None),
                                       ("POST", "/api/subscriptions", {"user_id": bob.id}), ("PATCH", "/api/users/me", {"bio": "x"}),
                                       ("POST", "/api/reports", {"user_id": bob.id, "reason": "x"})):
                assert_problem(one.request(method, path, body), 401)
    assert_problem(log_in(alice), 403)
    assert_problem(site.client().post("/api/auth/refresh", {"refresh_token": alice.refresh_token}), 401)
    root.client.post(f"/api/admin/users/{alice.id}/unban").expect(200)
    logged_in(alice).client.post("/api/posts", {"text": "back"}).expect(201)
    assert [entry["action"] for entry in audit(root, f"target=user/{alice.id}")] == ["user.unban", "user.ban"]


def test_a_ban_ends_by_itself(root, alice):
    until = datetime.now(timezone.utc) + timedelta(seconds=2)
    ban(root, alice, until=until.isoformat()).expect(200)
    assert_problem(log_in(alice), 403)
    eventually(lambda: show(root, alice)["status"] == "active", "the end of the ban", seconds=30)
    assert datetime.now(timezone.utc) >= until
    log_in(alice).expect(200)


def test_a_banned_reader_s_live_feed_ends(site, root, alice):
    stream = EventStream(site.address, "/api/newsfeed/live", alice.access_token)
    ban(root, alice).expect(200)
    stream.wait_for_end()


def test_administrators_do_not_shut_themselves_out(root):
    assert_problem(ban(root, root), 409)
    assert_problem(root.client.patch(f"/api/admin/users/{root.id}", {"roles": ["user"]}), 409)
    root.client.get("/api/auth/me").expect(200)


def test_bad_bans_are_refused(root, alice):
    for body, pointer in (({}, "/reason"), ({"reason": " "}, "/reason"), ({"reason": "x" * 1001}, "/reason"),
                          ({"reason": "x", "until": "2001-01-01T00:00:00Z"}, "/until"), ({"reason": "x", "until": 7}, "/until")):
        assert_problem(root.client.post(f"/api/admin/users/{alice.id}/ban", body), 422, pointer)
    alice.client.get("/api/auth/me").expect(200)


# ---- roles, addresses, lists -----------------------------------------------------------------------------------------

def test_a_new_role_holds_after_the_next_login_and_the_old_token_is_void(site, root, alice):
    tag = root.client.get(f"/api/admin/users/{alice.id}").header("etag")
    assert_problem(root.client.patch(f"/api/admin/users/{alice.id}", {"roles": ["king"]}), 422, "/roles/0")
    changed = root.client.patch(f"/api/admin/users/{alice.id}", {"roles": ["user", "moderator"]}, headers={"If-Match": tag}).expect(200)
    assert sorted(changed.json()["roles"]) == ["moderator", "user"]
    assert_problem(root.client.patch(f"/api/admin/users/{alice.id}", {"roles": ["user"]}, headers={"If-Match": tag}), 412)
    assert_problem(alice.client.get("/api/auth/me"), 401)
    logged_in(alice).client.get("/api/admin/reports").expect(200)
    root.client.patch(f"/api/admin/users/{alice.id}", {"roles": ["user"]}).expect(200)
    assert_problem(logged_in(alice).client.get("/api/admin/reports"), 403)


def test_users_are_found_by_name_address_and_status(root, alice, bob):
    def found(query):
        return [user["id"] for user in root.client.get("/api/admin/users?" + query).expect(200).json()["items"]]

    assert found(f"q={alice.username}") == [alice.id]
    assert found(f"q={alice.email.upper()}") == [alice.id]
    assert found(f"q={alice.username}&email_verified=true") == []
    root.client.post(f"/api/admin/users/{alice.id}/verify-email").expect(200)
    assert found(f"q={alice.username}&email_verified=true") == [alice.id]
    ban(root, bob).expect(200)
    assert found(f"q={bob.username}&status=banned") == [bob.id]
    assert found(f"q={bob.username}&status=active") == []
    first = root.client.get("/api/admin/users?limit=1").expect(200).json()
    second = root.client.get(f"/api/admin/users?limit=1&cursor={first['next_cursor']}").expect(200).json()
    assert first["items"][0]["id"] > second["items"][0]["id"]
    assert_problem(root.client.get("/api/admin/users?cursor=made-up"), 422, parameter="cursor")
    assert_problem(root.client.get("/api/admin/users?status=gone"), 422, parameter="status")


# ---- reports ---------------------------------------------------------------------------------------------------------

def test_a_report_is_the_session_s_and_one_for_each_target(alice, bob, moderator):
    post = publish(bob)
    first = report(alice, post_id=post, reporter_id=bob.id, state="resolved").expect(201).json()
    assert report(alice, post_id=post).expect(200).json() == first
    seen = moderator.client.get(f"/api/admin/reports/{first['id']}").expect(200).json()
    assert (seen["reporter_id"], seen["author_id"], seen["excerpt"], seen["state"]) == (alice.id, bob.id, "buy now", "open")


def test_reports_reveal_nothing_hidden(alice, bob):
    hidden = publish(bob, visibility="private")
    comment = bob.client.post(f"/api/posts/{hidden}/comments", {"text": "secret"}).expect(201).json()["id"]
    refused = [assert_problem(report(alice, **target), 404)["detail"] for target in
               ({"post_id": hidden}, {"post_id": 1}, {"comment_id": comment}, {"comment_id": 1}, {"user_id": 1})]
    assert refused[0] == refused[1] and refused[2] == refused[3]
    assert_problem(alice.client.get(f"/api/posts/comments/{comment}"), 404)


def test_bad_reports_are_refused(alice, bob):
    post = publish(bob)
    for body, pointer in (({"reason": "x"}, ""), ({"post_id": post, "user_id": bob.id, "reason": "x"}, ""), ({"post_id": post}, "/reason"),
                          ({"post_id": post, "reason": " "}, "/reason"), ({"post_id": post, "reason": "x" * 1001}, "/reason"),
                          ({"user_id": alice.id, "reason": "x"}, "/user_id")):
        assert_problem(alice.client.post("/api/reports", body), 422, pointer)


def test_a_removal_takes_the_post_or_the_comment_away(alice, bob, moderator, root):
    post = publish(bob)
    comment = bob.client.post(f"/api/posts/{post}/comments", {"text": "buy"}).expect(201).json()["id"]
    about_comment = report(alice, comment_id=comment).expect(201).json()["id"]
    resolved = resolve(moderator, about_comment, "remove", note="spam").expect(200).json()
    assert resolved["state"] == "resolved" and resolved["resolved_by"] == moderator.id
    assert bob.client.get(f"/api/posts/{post}/comments").json()["items"] == []
    about_post = report(alice, post_id=post).expect(201).json()["id"]
    resolve(moderator, about_post, "remove").expect(200)
    assert_problem(bob.client.get(f"/api/posts/{post}"), 404)
    resolve(moderator, about_post, "remove").expect(200)
    assert_problem(resolve(root, about_post, "remove"), 409)
    assert [entry["action"] for entry in audit(root, f"target=post/{post}")] == ["post.remove"]


@pytest.mark.usefixtures("shared_events")
def test_what_the_moderator_cannot_see_is_removed_as_well(alice, bob, moderator):
    alice.client.post("/api/subscriptions", {"user_id": bob.id}).expect(201)
    post = publish(bob, visibility="followers")
    eventually(lambda: alice.client.get(f"/api/posts/{post}").status == 200, "the follower's sight")
    assert_problem(moderator.client.get(f"/api/posts/{post}"), 404)
    assert_problem(moderator.client.delete(f"/api/posts/{post}"), 404)
    resolve(moderator, report(alice, post_id=post).expect(201).json()["id"], "remove").expect(200)
    assert_problem(bob.client.get(f"/api/posts/{post}"), 404)


def test_a_ban_by_report_resolves_all_reports_of_the_same(site, alice, bob, moderator, root):
    carol = register(site, "carol")
    ids = [report(user, user_id=bob.id).expect(201).json()["id"] for user in (alice, carol)]
    resolve(moderator, ids[0], "ban", note="a bot").expect(200)
    assert_problem(bob.client.get("/api/auth/me"), 401)
    assert show(root, bob)["ban"]["reason"] == "a bot"
    states = [one["state"] for one in moderator.client.get(f"/api/admin/reports?target=user/{bob.id}").expect(200).json()["items"]]
    assert states == ["resolved", "resolved"]


def test_moderators_do_not_ban_their_like_nor_judge_themselves(site, alice, moderator, root):
    colleague = promoted(site, root, "moderator")
    for target in (colleague, root):
        assert_problem(resolve(moderator, report(alice, user_id=target.id).expect(201).json()["id"], "ban"), 403)
    about_himself = report(alice, user_id=moderator.id).expect(201).json()["id"]
    assert_problem(resolve(moderator, about_himself, "dismiss"), 403)
    resolve(colleague, about_himself, "dismiss").expect(200)


def test_of_several_moderators_at_once_one_wins(site, alice, bob, root):
    post = publish(bob)
    number = report(alice, post_id=post).expect(201).json()["id"]
    moderators = [promoted(site, root, "moderator") for _ in range(3)] + [root]
    start = threading.Barrier(len(moderators))

    def attempt(indexed):
        index, one = indexed
        start.wait()
        return resolve(one, number, "remove" if index % 2 else "dismiss").status

    with ThreadPoolExecutor(len(moderators)) as pool:
        statuses = sorted(pool.map(attempt, enumerate(moderators)))
    assert statuses == [200, 409, 409, 409]
    final = root.client.get(f"/api/admin/reports/{number}").expect(200).json()
    assert (bob.client.get(f"/api/posts/{post}").status == 404) == (final["action"] == "remove")


# ---- audit -----------------------------------------------------------------------------------------------------------

def test_the_audit_log_tells_who_did_what_and_cannot_be_changed(root, alice):
    request = root.client.post(f"/api/admin/users/{alice.id}/ban", {"reason": "spam"}).expect(200)
    (entry,) = audit(root, f"target=user/{alice.id}&action=user.ban&actor={root.id}")
    assert entry["actor_name"] == root.username
    assert entry["details"]["reason"] == "spam" and entry["details"]["username"] == alice.username
    assert entry["ip"] == "127.0.0.1"
    assert entry["request_id"] == request.header("x-request-id")
    for method in ("DELETE", "PATCH", "PUT", "POST"):
        assert root.client.request(method, "/api/admin/audit", {}).status in (404, 405)
    assert audit(root, f"target=user/{alice.id}&to={entry['at']}") == []
    assert len(audit(root, f"target=user/{alice.id}&from={entry['at']}")) == 1
