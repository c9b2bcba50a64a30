"""The subscriptions service through the gateway: followings, the news feed and its live stream, wherever posts runs."""

import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.client import assert_problem
from harness.site import register


def follow(user, other):
    return user.client.post("/api/subscriptions", {"user_id": other.id})


def publish(user, text="news", **more):
    return user.client.post("/api/posts", {"text": text, **more}).expect(201).json()


def until(check, seconds=20):
    """Waits for what an event brings about; fails with the last answer."""
    deadline = time.monotonic() + seconds
    while True:
        result = check()
        if result:
            return result
        assert time.monotonic() < deadline, f"not within {seconds} s: {result!r}"
        time.sleep(0.05)


def feed(user, query=""):
    return [post["id"] for post in user.client.get("/api/newsfeed" + query).expect(200).json()["items"]]


# ---- followings ------------------------------------------------------------------------------------------------------

def test_following_is_idempotent_and_listed_with_names(alice, bob, client):
    follow(alice, bob).expect(201)
    follow(alice, bob).expect(200)
    until(lambda: alice.client.get("/api/subscriptions").json()["items"][0]["username"] == bob.username)
    assert [item["user_id"] for item in client.get(f"/api/subscriptions/{alice.id}").json()["items"]] == [bob.id]
    followers = client.get(f"/api/subscriptions/{bob.id}/followers").expect(200).json()["items"]
    assert [item["user_id"] for item in followers] == [alice.id]
    for _ in range(2):
        alice.client.delete(f"/api/subscriptions/{bob.id}").expect(204)
    assert client.get(f"/api/subscriptions/{bob.id}/followers").json()["items"] == []


def test_oneself_and_nobody_cannot_be_followed(alice):
    assert_problem(follow(alice, alice), 422, "/user_id")
    assert_problem(alice.client.post("/api/subscriptions", {"user_id": 1}), 404)
    assert_problem(alice.client.post("/api/subscriptions", {}), 422, "/user_id")


def test_anonymous_callers_cannot_follow_or_read_a_feed(client):
    for method, path in [("POST", "/api/subscriptions"), ("DELETE", "/api/subscriptions/1"), ("GET", "/api/newsfeed"),
                         ("GET", "/api/newsfeed/1"), ("GET", "/api/newsfeed/live"), ("GET", "/api/subscriptions")]:
        assert_problem(client.request(method, path, {"user_id": 1} if method == "POST" else None), 401)


def test_the_follower_comes_from_the_session_and_never_from_the_body(alice, bob, client):
    carol = register(alice.site, "carol")
    alice.client.post("/api/subscriptions", {"user_id": bob.id, "follower_id": carol.id}).expect(201)
    assert client.get(f"/api/subscriptions/{carol.id}").json()["items"] == []


def test_parallel_follows_of_one_pair_make_one(site, alice, bob, client):
    def attempt(_):
        with site.client(alice.access_token) as one:
            return one.post("/api/subscriptions", {"user_id": bob.id}).status

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(16))) == [200] * 15 + [201]
    assert len(client.get(f"/api/subscriptions/{bob.id}/followers").json()["items"]) == 1


# ---- feed ------------------------------------------------------------------------------------------------------------

@pytest.mark.usefixtures("shared_events")
def test_the_feed_is_newest_first_in_pages_and_of_those_followed(site, alice, bob):
    carol, stranger = register(site, "carol"), register(site, "stranger")
    follow(alice, bob).expect(201)
    follow(alice, carol).expect(201)
    made = [publish(writer)["id"] for writer in (bob, carol, bob, carol, bob)]
    publish(stranger)
    publish(alice)
    until(lambda: sorted(feed(alice)) == sorted(made))
    assert feed(alice) == sorted(made, reverse=True)
    listed, cursor = [], ""
    while cursor is not None:
        page = alice.client.get("/api/newsfeed?limit=2" + (f"&cursor={cursor}" if cursor else "")).expect(200).json()
        listed += [post["id"] for post in page["items"]]
        cursor = page["next_cursor"]
    assert listed == sorted(made, reverse=True)
    assert alice.client.get(f"/api/newsfeed/{alice.id}").expect(200).json()["items"][0]["text"] == "news"


@pytest.mark.usefixtures("shared_events")
def test_the_feed_respects_visibility_at_once(alice, bob):
    follow(alice, bob).expect(201)
    public, friends = publish(bob), publish(bob, visibility="followers")
    publish(bob, visibility="private")
    until(lambda: set(feed(alice)) == {public["id"], friends["id"]})
    bob.client.patch(f"/api/posts/{public['id']}", {"visibility": "private"}).expect(200)
    assert feed(alice) == [friends["id"]]
    bob.client.delete(f"/api/posts/{friends['id']}").expect(204)
    assert feed(alice) == []
    alice.client.delete(f"/api/subscriptions/{bob.id}").expect(204)
    publish(bob)
    assert feed(alice) == []


def test_a_feed_is_its_readers_own(alice, bob):
    assert_problem(bob.client.get(f"/api/newsfeed/{alice.id}"), 403)


@pytest.mark.parametrize("query", ["?limit=0", "?limit=101", "?cursor=made-up"])
def test_bad_queries_are_refused(alice, query):
    assert_problem(alice.client.get("/api/newsfeed" + query), 422)


@pytest.mark.usefixtures("shared_events")
def test_the_live_feed_tells_of_a_new_post(site, alice, bob):
    follow(alice, bob).expect(201)
    written, is_over = [], threading.Event()

    def keep_writing():  # the stream may have begun after the first
        while not is_over.wait(0.3) and len(written) < 50:
            written.append(publish(bob)["id"])

    host, port = site.address.rsplit(":", 1)
    connection = http.client.HTTPConnection(host, int(port), timeout=30)
    writer = threading.Thread(target=keep_writing)
    try:
        connection.request("GET", "/api/newsfeed/live", headers={"Authorization": f"Bearer {alice.access_token}",
                                                                 "Accept": "text/event-stream"})
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.getheader("content-type").startswith("text/event-stream")
        writer.start()
        line = ""
        while not line.startswith("data:"):
            line = answer.readline().decode()
            assert line, "the stream has ended"
        assert json.loads(line[5:])["author_id"] == bob.id
    finally:
        is_over.set()
        if writer.is_alive():
            writer.join()
        connection.close()
