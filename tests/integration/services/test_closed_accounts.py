"""What becomes of posts, likes, comments and followings when their account is deleted: three services and two events on."""

import pytest

from harness.client import eventually
from harness.site import register, unique

SOON = 30   # seconds, for jobs that run every ten


def ids(client, path):
    return [item["id"] for item in client.get(path).expect(200).json()["items"]]


def follow(user, other):
    user.client.post("/api/subscriptions", {"user_id": other.id}).expect((200, 201))


def counts(client, user):
    shown = client.get(f"/api/users/{user.id}").expect(200).json()
    return shown["subscriptions"], shown["subscribers"]


@pytest.mark.usefixtures("shared_events")
def test_a_deleted_account_leaves_nothing_and_is_counted_nowhere(site, alice, bob, client):
    word = unique("word")
    cid = register(site, "cid")
    follow(alice, bob)
    follow(bob, alice)
    follow(cid, bob)
    bobs = bob.client.post("/api/posts", {"text": f"of bob {word}"}).expect(201).json()["id"]
    hers = alice.client.post("/api/posts", {"text": f"of alice {word}"}).expect(201).json()["id"]
    share = alice.client.post("/api/posts", {"repost_of": bobs}).expect(201).json()["id"]
    alice.client.put(f"/api/posts/{bobs}/like").expect(204)
    alice.client.post(f"/api/posts/{bobs}/comments", {"text": "of alice"}).expect(201)
    cid.client.post(f"/api/posts/{bobs}/comments", {"text": "of cid"}).expect(201)
    eventually(lambda: ids(bob.client, "/api/newsfeed") == [share, hers], "posts in the feed")
    eventually(lambda: counts(client, bob) == (1, 2), "counted followings")

    alice.client.delete("/api/users/me").expect(204)
    eventually(lambda: client.get(f"/api/posts/{hers}").status == 404, "the post to be hidden")
    assert ids(client, f"/api/posts/search?q={word}") == [bobs]
    assert ids(client, f"/api/posts?author={alice.id}") == []
    assert ids(bob.client, "/api/newsfeed") == []

    def bobs_post():
        shown = client.get(f"/api/posts/{bobs}").expect(200).json()
        return shown["likes"], shown["comments"], shown["reposts"]

    eventually(lambda: bobs_post() == (0, 1, 0), "counters without alice", seconds=SOON)
    assert [comment["text"] for comment in client.get(f"/api/posts/{bobs}/comments").json()["items"]] == ["of cid"]
    eventually(lambda: counts(client, bob) == (0, 1), "followings without alice", seconds=SOON)
    followers = client.get(f"/api/subscriptions/{bob.id}/followers").expect(200).json()["items"]
    assert [person["user_id"] for person in followers] == [cid.id]
    cid.client.post("/api/subscriptions", {"user_id": alice.id}).expect(404)
