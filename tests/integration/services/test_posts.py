"""The posts service through the gateway, wherever it runs."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from harness.client import assert_problem, eventually
from harness.site import PASSWORD, register, unique


def publish(user, text="Hello", **more):
    return user.client.post("/api/posts", {"text": text, **more}).expect(201).json()


def all_pages(client, path, limit=3):
    """Every item of a keyset-paged list."""
    items, cursor = [], None
    separator = "&" if "?" in path else "?"
    while True:
        page = client.get(path + f"{separator}limit={limit}" + (f"&cursor={cursor}" if cursor else "")).expect(200).json()
        assert len(page["items"]) <= limit
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items
        assert len(items) < 10_000


# ---- create and read -------------------------------------------------------------------------------------------------

def test_a_post_reads_back(alice, client):
    answer = alice.client.post("/api/posts", {"title": "First", "text": "Hello, ж 🚀", "visibility": "public"}).expect(201)
    post = answer.json()
    assert answer.header("location") == f"/api/posts/{post['id']}"
    read = client.get(f"/api/posts/{post['id']}").expect(200).json()
    assert read["text"] == "Hello, ж 🚀" and read["title"] == "First"
    assert read["visibility"] == "public"
    for counter in ("likes", "comments", "reposts", "views"):
        assert isinstance(read[counter], int)
    assert read["liked_by_me"] is False
    assert str(alice.id) in str(read)


@pytest.mark.parametrize("pointer, body", [
    ("/text", {}), ("/text", {"text": ""}), ("/text", {"text": 5}), ("/text", {"text": "x" * 1_000_000}),
    ("/visibility", {"text": "x", "visibility": "secret"}), ("/title", {"text": "x", "title": "t" * 10_000}),
])
def test_create_points_at_the_bad_field(alice, pointer, body):
    answer = alice.client.post("/api/posts", body)
    if answer.status != 413:
        assert_problem(answer, (400, 422), pointer)


def test_author_comes_from_the_session_and_never_from_the_body(alice, bob, client):
    post = alice.client.post("/api/posts", {"text": "mine", "author_id": bob.id, "user_id": bob.id, "author": bob.id,
                                            "id": 1, "likes": 1000}).expect(201).json()
    assert post["id"] != 1
    read = client.get(f"/api/posts/{post['id']}").json()
    assert read["likes"] == 0
    assert str(alice.id) in str(read) and str(bob.id) not in str(read)


@pytest.mark.parametrize("method, path", [
    ("POST", "/api/posts"), ("PATCH", "/api/posts/1"), ("DELETE", "/api/posts/1"), ("PUT", "/api/posts/1/like"),
    ("DELETE", "/api/posts/1/like"), ("POST", "/api/posts/1/comments")])
def test_anonymous_writes_are_refused(client, method, path):
    assert_problem(client.request(method, path, {"text": "x"}), 401)


@pytest.mark.parametrize("path", ["/api/posts/1", "/api/posts/abc", "/api/posts/1/comments"])
def test_unknown_posts(client, path):
    assert_problem(client.get(path), (400, 404, 422))


def test_head_follows_get(alice, client):
    post = publish(alice)
    answer = client.request("HEAD", f"/api/posts/{post['id']}").expect(200)
    assert answer.body == b""


# ---- change ----------------------------------------------------------------------------------------------------------

def test_update_changes_only_what_it_names(alice, client):
    post = publish(alice, "before", title="kept")
    alice.client.patch(f"/api/posts/{post['id']}", {"text": "after"}).expect(200)
    read = client.get(f"/api/posts/{post['id']}").json()
    assert (read["text"], read["title"]) == ("after", "kept")


def test_only_the_author_changes_and_deletes(alice, bob, client):
    post = publish(alice)
    assert_problem(bob.client.patch(f"/api/posts/{post['id']}", {"text": "hacked"}), 403)
    assert_problem(bob.client.delete(f"/api/posts/{post['id']}"), 403)
    assert client.get(f"/api/posts/{post['id']}").json()["text"] == "Hello"


def test_delete_takes_everything_along(alice, bob, client):
    post = publish(alice)
    bob.client.put(f"/api/posts/{post['id']}/like").expect(204)
    bob.client.post(f"/api/posts/{post['id']}/comments", {"text": "nice"}).expect(201)
    alice.client.delete(f"/api/posts/{post['id']}").expect(204)
    assert_problem(client.get(f"/api/posts/{post['id']}"), 404)
    assert_problem(client.get(f"/api/posts/{post['id']}/comments"), 404)
    assert_problem(bob.client.put(f"/api/posts/{post['id']}/like"), 404)


def test_etag_saves_a_transfer_and_guards_an_update(alice, client):
    post = publish(alice)
    path = f"/api/posts/{post['id']}"
    etag = alice.client.get(path).header("etag")
    assert etag
    unchanged = alice.client.get(path, headers={"If-None-Match": etag}).expect(304)
    assert unchanged.body == b""
    alice.client.patch(path, {"text": "second"}, headers={"If-Match": etag}).expect(200)
    assert_problem(alice.client.patch(path, {"text": "third"}, headers={"If-Match": etag}), 412)
    assert_problem(alice.client.delete(path, headers={"If-Match": etag}), 412)
    assert client.get(path).json()["text"] == "second"


def test_two_updates_with_one_etag_let_one_win(site, alice):
    post = publish(alice)
    path = f"/api/posts/{post['id']}"
    etag = alice.client.get(path).header("etag")

    def attempt(number):
        with site.client(alice.access_token) as client:
            return client.patch(path, {"text": f"v{number}"}, headers={"If-Match": etag}).status

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(8))) == [200] + [412] * 7


# ---- lists -----------------------------------------------------------------------------------------------------------

def test_pages_are_complete_newest_first_and_without_repeats(alice, client):
    made = [publish(alice, f"post {n}")["id"] for n in range(8)]
    listed = [post["id"] for post in all_pages(client, f"/api/posts?author={alice.id}")]
    assert listed == sorted(made, reverse=True)  # newest first, by id


def test_pages_neither_skip_nor_repeat_while_others_write(site, alice, bob, client):
    made = [publish(alice, f"post {n}")["id"] for n in range(12)]
    stop = threading.Event()

    def keep_writing():
        with site.client(bob.access_token) as writer:
            while not stop.is_set():
                post = writer.post("/api/posts", {"text": "noise"}).expect(201).json()
                writer.delete(f"/api/posts/{post['id']}")

    threads = [threading.Thread(target=keep_writing) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        everyone = [post["id"] for post in all_pages(client, "/api/posts", limit=5)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert len(everyone) == len(set(everyone))
    # Newest first; what two processes have made within one millisecond has no order of its own.
    assert [post for post in everyone if post in set(made)] == sorted(made, reverse=True)


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "limit=-1", "cursor=made-up", "author=x"])
def test_bad_list_parameters_are_refused(client, query):
    assert_problem(client.get(f"/api/posts?{query}"), (400, 422))


def test_a_cursor_cannot_be_forged(alice, client):
    for number in range(3):
        publish(alice, f"post {number}")
    cursor = client.get(f"/api/posts?author={alice.id}&limit=1").json()["next_cursor"]
    middle = len(cursor) // 2
    forged = cursor[:middle] + ("A" if cursor[middle] != "A" else "B") + cursor[middle + 1:]
    assert_problem(client.get(f"/api/posts?author={alice.id}&limit=1&cursor={forged}"), (400, 422))


# ---- visibility ------------------------------------------------------------------------------------------------------

def test_a_private_post_is_seen_by_its_author_and_by_nobody_else(alice, bob, client):
    post = publish(alice, "diary", visibility="private")
    path = f"/api/posts/{post['id']}"
    alice.client.get(path).expect(200)
    assert post["id"] in [item["id"] for item in alice.client.get(f"/api/posts?author={alice.id}").json()["items"]]
    for other in (client, bob.client):
        assert_problem(other.get(path), 404)
        assert_problem(other.get(path + "/comments"), 404)
        assert post["id"] not in [item["id"] for item in other.get(f"/api/posts?author={alice.id}").json()["items"]]
        assert post["id"] not in [item["id"] for item in other.get("/api/posts?limit=100").json()["items"]]
    for attempt in (bob.client.put(path + "/like"), bob.client.get(path + "/likes"), bob.client.delete(path),
                    bob.client.patch(path, {"text": "x"}), bob.client.post(path + "/comments", {"text": "x"})):
        assert_problem(attempt, 404)


def test_making_a_post_private_hides_it(alice, client):
    post = publish(alice)
    alice.client.patch(f"/api/posts/{post['id']}", {"visibility": "private"}).expect(200)
    assert_problem(client.get(f"/api/posts/{post['id']}"), 404)


# ---- likes -----------------------------------------------------------------------------------------------------------

def test_like_and_unlike_are_idempotent(alice, bob, client):
    path = f"/api/posts/{publish(alice)['id']}"
    for _ in range(2):
        bob.client.put(path + "/like").expect(204)
    assert client.get(path).json()["likes"] == 1
    assert bob.client.get(path).json()["liked_by_me"] is True
    assert alice.client.get(path).json()["liked_by_me"] is False
    for _ in range(2):
        bob.client.delete(path + "/like").expect(204)
    assert client.get(path).json()["likes"] == 0


def test_fifty_parallel_likes_of_one_user_count_once(site, alice, bob, client):
    path = f"/api/posts/{publish(alice)['id']}"

    def like(_):
        with site.client(bob.access_token) as one:
            return one.put(path + "/like").status

    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(like, range(50))) <= {204, 503}
    assert client.get(path).json()["likes"] == 1


def test_likes_of_several_users_add_up_under_a_race(site, alice, client):
    path = f"/api/posts/{publish(alice)['id']}"
    fans = [register(site, "fan") for _ in range(5)]

    def like_and_waver(fan):
        with site.client(fan.access_token) as one:
            for method in ("PUT", "DELETE", "PUT", "PUT"):
                one.request(method, path + "/like").expect(204)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(like_and_waver, fans))
    assert client.get(path).json()["likes"] == 5
    assert len(all_pages(fans[0].client, path + "/likes")) == 5


# ---- comments --------------------------------------------------------------------------------------------------------

def test_comments_are_listed_counted_and_threaded(alice, bob, client):
    path = f"/api/posts/{publish(alice)['id']}"
    first = bob.client.post(path + "/comments", {"text": "first"}).expect(201).json()
    reply = alice.client.post(path + "/comments", {"text": "reply", "parent_id": first["id"]}).expect(201).json()
    assert reply["parent_id"] == first["id"]
    listed = all_pages(client, path + "/comments")
    assert {item["text"] for item in listed} == {"first", "reply"}
    assert client.get(path).json()["comments"] == 2


def test_a_comment_is_changed_by_its_author_only(alice, bob, client):
    path = f"/api/posts/{publish(alice)['id']}"
    comment = bob.client.post(path + "/comments", {"text": "mine"}).expect(201).json()
    own = f"/api/posts/comments/{comment['id']}"
    assert_problem(alice.client.patch(own, {"text": "hacked"}), 403)
    bob.client.patch(own, {"text": "edited"}).expect(200)
    assert [item["text"] for item in client.get(path + "/comments").json()["items"]] == ["edited"]
    bob.client.delete(own).expect(204)
    assert client.get(path).json()["comments"] == 0


def test_a_comment_is_found_at_the_address_that_its_maker_is_told(alice, bob, client):
    post = publish(alice)
    made = bob.client.post(f"/api/posts/{post['id']}/comments", {"text": "here"}).expect(201)
    found = client.get(made.header("location")).expect(200)
    assert found.json() == made.json()
    alice.client.patch(f"/api/posts/{post['id']}", {"visibility": "private"}).expect(200)
    assert_problem(client.get(made.header("location")), 404)


def test_all_that_one_wrote_carries_the_new_name(site, bob, client):
    writer = register(site)
    post, other = publish(writer), publish(bob)
    writer.client.post(f"/api/posts/{other['id']}/comments", {"text": "x"}).expect(201)
    writer.client.put(f"/api/posts/{other['id']}/like").expect(204)
    name = unique("renamed")
    writer.client.patch("/api/auth/me", {"username": name, "password": PASSWORD}).expect(200)

    def names():
        comments, likes = (bob.client.get(f"/api/posts/{other['id']}/{what}").json()["items"] for what in ("comments", "likes"))
        return {client.get(f"/api/posts/{post['id']}").json()["author_name"], comments[0]["author_name"], likes[0]["user_name"]}
    eventually(lambda: names() == {name}, "the new name", seconds=30, every=0.2)


def test_a_reply_belongs_to_the_same_post(alice, bob):
    one, two = publish(alice), publish(alice)
    comment = bob.client.post(f"/api/posts/{one['id']}/comments", {"text": "x"}).expect(201).json()
    answer = bob.client.post(f"/api/posts/{two['id']}/comments", {"text": "y", "parent_id": comment["id"]})
    assert_problem(answer, (404, 409, 422))


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "x" * 1_000_000}])
def test_bad_comments_are_refused(alice, body):
    path = f"/api/posts/{publish(alice)['id']}/comments"
    answer = alice.client.post(path, body)
    if answer.status != 413:
        assert_problem(answer, 422, "/text")


# ---- followers, reposts, tags, views, search -------------------------------------------------------------------------

def until(check, seconds=20):
    """Waits for what an event brings about; fails with the last answer."""
    deadline = time.monotonic() + seconds
    while True:
        result = check()
        if result:
            return result
        assert time.monotonic() < deadline, f"not within {seconds} s: {result!r}"
        time.sleep(0.05)


def ids_in(client, path):
    return [item["id"] for item in client.get(path).expect(200).json()["items"]]


@pytest.mark.usefixtures("shared_events")
def test_followers_see_what_is_for_followers_and_others_do_not(site, alice, bob, client):
    word = unique("walrus")
    post = publish(alice, f"{word} #{word}", visibility="followers")
    path = f"/api/posts/{post['id']}"
    lists = [f"/api/posts?author={alice.id}", f"/api/posts?tag={word}", f"/api/posts?tag={word}&sort=top",
             f"/api/posts/search?q={word}", "/api/posts?limit=100"]
    carol = register(site, "carol")
    bob.client.post("/api/subscriptions", {"user_id": alice.id}).expect(201)
    until(lambda: bob.client.get(path).status == 200)
    for listed in lists:
        assert post["id"] in ids_in(bob.client, listed), listed
        for stranger in (client, carol.client):
            assert post["id"] not in ids_in(stranger, listed), listed
    for stranger in (client, carol.client):
        assert_problem(stranger.get(path), 404)
        assert_problem(stranger.get(path + "/comments"), 404)
    bob.client.put(path + "/like").expect(204)
    bob.client.delete(f"/api/subscriptions/{alice.id}").expect(204)
    until(lambda: bob.client.get(path).status == 404)


def test_a_repost_shows_its_original_and_counts(alice, bob, client):
    original = publish(alice, "worth sharing")
    shared = bob.client.post("/api/posts", {"repost_of": original["id"]}).expect(201).json()
    assert client.get(f"/api/posts/{shared['id']}").json()["original"]["text"] == "worth sharing"
    assert client.get(f"/api/posts/{original['id']}").json()["reposts"] == 1
    assert_problem(bob.client.post("/api/posts", {"repost_of": original["id"]}), 409, "/repost_of")
    alice.client.patch(f"/api/posts/{original['id']}", {"visibility": "private"}).expect(200)
    assert_problem(client.get(f"/api/posts/{shared['id']}"), 404)
    hidden = publish(alice, "mine", visibility="private")
    assert_problem(bob.client.post("/api/posts", {"repost_of": hidden["id"]}), 404)


def test_tags_come_out_of_the_text_and_order_by_likes(alice, bob, client):
    tag = unique("tag")
    first, second = publish(alice, f"one #{tag}"), publish(alice, f"two #{tag.upper()}")
    assert first["tags"] == [tag]
    bob.client.put(f"/api/posts/{first['id']}/like").expect(204)
    assert ids_in(client, f"/api/posts?tag={tag}") == [second["id"], first["id"]]
    assert ids_in(client, f"/api/posts?tag={tag}&sort=top") == [first["id"], second["id"]]


def test_views_count_everybody_once(alice, bob, client):
    path = f"/api/posts/{publish(alice)['id']}"
    for _ in range(3):
        bob.client.get(path).expect(200)
        client.get(path).expect(200)
    until(lambda: alice.client.get(path).json()["views"] == 2)


def test_search_finds_at_once_what_was_just_written(alice, client):
    word = unique("zebra")
    post = publish(alice, f"Красивые кошки гуляют, {word} cats were running <b>fast</b>", title="Заголовок")
    for query in (word, f"{word} кошка", f"{word} run", f'{word} "cats were running"', f"{word} -dog"):
        hits = client.get(f"/api/posts/search?q={quote(query)}").expect(200).json()["items"]
        assert [hit["id"] for hit in hits] == [post["id"]], query
    hit = client.get(f"/api/posts/search?q={quote(word + ' кошка')}").json()["items"][0]
    assert "<mark>кошки</mark>" in hit["highlight"]["text"] and "<b>" not in hit["highlight"]["text"]
    assert ids_in(client, f"/api/posts/search?q={quote(word + ' -кошка')}") == []
    alice.client.delete(f"/api/posts/{post['id']}").expect(204)
    assert ids_in(client, f"/api/posts/search?q={word}") == []


@pytest.mark.parametrize("query", ["", "-only", "%22%22", "x%20" * 17, "y" * 257])
def test_search_for_nothing_or_too_much_is_refused(client, query):
    assert_problem(client.get(f"/api/posts/search?q={query}"), 422)


def test_the_batch_is_for_services_only(alice, client):
    for one in (client, alice.client):
        assert one.post("/api/posts/batch", {"ids": [1]}).status in (401, 403, 404, 405)


def test_media_must_look_like_media(alice):
    assert_problem(alice.client.post("/api/posts", {"text": "x", "media": ["../../etc/passwd"]}), 422, "/media/0")
