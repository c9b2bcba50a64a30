"""What becomes of posts, likes, comments, followings and images when their account is deleted: four services, two events on."""

import hashlib

import pytest

from harness.client import eventually
from harness.images import png
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


def upload(user, image):
    return user.client.post("/api/media", image, headers={"Content-Type": "image/png"}).expect(201).json()["url"]


def file_of(site, client, url):
    """Where the store has an image: under the name of its content."""
    digest = hashlib.sha256(client.get(url).expect(200).body).hexdigest()
    return site.folder / "var" / "data" / "media" / "objects" / digest[:2] / f"{digest}.png"


@pytest.mark.usefixtures("shared_events")
def test_images_of_a_deleted_account_go_unless_somebody_else_has_sent_the_same(site, alice, bob, client):
    own, same = png(90, 71), png(80, 73)
    hers, also_hers, his = upload(alice, own), upload(alice, same), upload(bob, same)
    alice.client.put("/api/users/me/avatar", png(70, 77), headers={"Content-Type": "image/png"}).expect(200)
    client.get(f"/api/users/{alice.id}/avatar").expect(200)
    kept, shared = file_of(site, client, hers), file_of(site, client, his)
    thumbnail = kept.with_name(f"{kept.stem}_w64.png")
    client.get(f"{hers}?w=64").expect(200)
    assert kept.exists() and shared.exists() and thumbnail.exists()

    alice.client.delete("/api/users/me").expect(204)
    for url in (hers, also_hers, f"/api/users/{alice.id}/avatar"):
        eventually(lambda url=url: client.get(url).status == 404, f"{url} to be gone", seconds=SOON)
    eventually(lambda: not kept.exists() and not thumbnail.exists(), "its files to be gone", seconds=SOON)
    client.get(his).expect(200)
    assert shared.exists()
