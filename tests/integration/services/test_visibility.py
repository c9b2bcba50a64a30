"""Who may see a text: every way in which one can come to light x visibility x who looks. A post holds a word that is nowhere
else, its comment another one; whoever may not see the post must not meet either, wherever he looks."""

import json
from dataclasses import dataclass

import pytest

from harness.client import eventually
from harness.images import png
from harness.services import Caller
from harness.site import invite, register, unique

VISIBILITIES = ("public", "followers", "private")
LOOKERS = ("anonymous", "stranger", "follower", "former follower", "owner", "moderator", "admin")
MAY_SEE = {"public": LOOKERS, "followers": ("follower", "owner"), "private": ("owner",)}


@dataclass
class Text:
    """A post with what hangs on it: while it was public, a fan liked it, commented on it and shared it twice."""
    visibility: str
    word: str  # of title and text; also its tag
    remark: str  # of the comment
    id: int = 0
    plain: int = 0  # shared without words
    quote: int = 0  # shared with the fan's own words
    image: str = ""


@pytest.fixture(scope="module")
def people(site, home):
    made = {"anonymous": None, "stranger": register(site, "stranger"), "follower": register(site, "follower"),
            "former follower": register(site, "former"), "owner": register(site, "owner"), "fan": register(site, "fan"),
            "moderator": invite(site, ["user", "moderator"], "mod"), "admin": invite(site, ["user", "admin"], "boss")}
    if home not in ("plugin", "spawn"):  # the news of followings would need a broker
        del made["follower"], made["former follower"]
    for name in ("follower", "former follower"):
        if name in made:
            follow(made[name], made["owner"])
            follow(made[name], made["fan"])
    if "former follower" in made:
        made["former follower"].client.delete(f"/api/subscriptions/{made['owner'].id}").expect(204)
    return made


def follow(user, other):
    user.client.post("/api/subscriptions", {"user_id": other.id}).expect(201)


@pytest.fixture(scope="module", params=VISIBILITIES)
def text(request, site, people):
    owner, fan = people["owner"].client, people["fan"].client
    made = Text(request.param, unique("walrus"), unique("remark"))
    image = owner.post("/api/media", png(4, 4), headers={"Content-Type": "image/png"}).expect(201).json()["id"]
    draft = {"title": f"the {made.word}", "text": f"about one {made.word} #{made.word}", "media": [image]}
    made.id, made.image = owner.post("/api/posts", draft).expect(201).json()["id"], image
    fan.put(f"/api/posts/{made.id}/like").expect(204)
    fan.post(f"/api/posts/{made.id}/comments", {"text": made.remark}).expect(201)
    made.plain = fan.post("/api/posts", {"repost_of": made.id}).expect(201).json()["id"]
    made.quote = fan.post("/api/posts", {"repost_of": made.id, "text": "my own words"}).expect(201).json()["id"]
    if made.visibility != "public":
        owner.patch(f"/api/posts/{made.id}", {"visibility": made.visibility}).expect(200)
    if "follower" in people and made.visibility != "private":
        eventually(lambda: people["follower"].client.get(f"/api/posts/{made.id}").status == 200, "the following", 20)
    if "former follower" in people and made.visibility == "followers":
        eventually(lambda: people["former follower"].client.get(f"/api/posts/{made.id}").status == 404, "its end", 20)
    return made


# How one can look, and where the answer must hold the word for those who may see the post. {fan} and {owner} are ids.
WAYS = {
    "the post": "/api/posts/{id}",
    "the newest posts": "/api/posts?limit=100",
    "the best posts": "/api/posts?sort=top&limit=100",
    "its author's posts": "/api/posts?author={owner}",
    "its author's best posts": "/api/posts?author={owner}&sort=top",
    "the posts with its tag": "/api/posts?tag={word}",
    "the best posts with its tag": "/api/posts?tag={word}&sort=top",
    "its author's posts with its tag": "/api/posts?author={owner}&tag={word}",
    "search": "/api/posts/search?q={word}",
    "search for a phrase": "/api/posts/search?q=%22one+{word}%22",
    "search without a word": "/api/posts/search?q={word}+-nothing",
    "a repost of it": "/api/posts/{plain}",
    "a repost with words": "/api/posts/{quote}",
    "the posts of who shared it": "/api/posts?author={fan}",
    "the best posts of who shared it": "/api/posts?author={fan}&sort=top",
}


def answer_to(site, people, who, path):
    user = people[who]
    with site.client(user.access_token if user else None) as client:
        return client.get(path)


def path_of(template, text, people):
    return template.format(**vars(text), owner=people["owner"].id, fan=people["fan"].id)


def present(people):
    return [who for who in LOOKERS if who in people]


@pytest.mark.parametrize("way", WAYS)
def test_a_text_is_met_by_those_who_may_see_it_and_by_nobody_else(site, people, text, way):
    path = path_of(WAYS[way], text, people)
    meets = {who for who in present(people) if text.word in decoded(answer_to(site, people, who, path), path)}
    assert meets == set(present(people)) & set(MAY_SEE[text.visibility]), way


def decoded(answer, path):
    """The body's text, without the echo of what was asked."""
    assert answer.status in (200, 404), (path, answer)
    return json.dumps(answer.json(), ensure_ascii=False)


def test_a_highlight_is_shown_to_those_who_may_see_the_text(site, people, text):
    for who in present(people):
        hits = answer_to(site, people, who, f"/api/posts/search?q={text.word}").expect(200).json()["items"]
        found = [hit["id"] for hit in hits]
        assert found == ([text.id] if who in MAY_SEE[text.visibility] else []), who
        assert all(hit["highlight"]["title"] == f"the <mark>{text.word}</mark>" for hit in hits), who


@pytest.mark.parametrize("kind", ["comments", "likes"])
def test_what_hangs_on_a_post_is_as_visible_as_the_post(site, people, text, kind):
    wanted = {"comments": text.remark, "likes": people["fan"].username}[kind]
    for who in present(people):
        if kind == "likes" and who == "anonymous":
            continue  # asks for an account in any case
        answer = answer_to(site, people, who, f"/api/posts/{text.id}/{kind}")
        assert answer.status == (200 if who in MAY_SEE[text.visibility] else 404), (who, answer)
        assert (wanted in answer.body.decode()) == (answer.status == 200), who


@pytest.mark.parametrize("method, kind, body", [
    ("PUT", "like", None), ("DELETE", "like", None), ("POST", "comments", {"text": "hello?"}), ("PATCH", "", {"text": "mine"}),
    ("DELETE", "", None)])
def test_who_may_not_see_a_post_cannot_do_anything_to_it(site, people, text, method, kind, body):
    path = f"/api/posts/{text.id}" + (f"/{kind}" if kind else "")
    for who in set(present(people)) - set(MAY_SEE[text.visibility]) - {"anonymous"}:
        answer = people[who].client.request(method, path, body)
        assert answer.status == 404 and text.word not in answer.body.decode(), (who, answer)


def test_a_condition_does_not_tell_that_a_hidden_post_is_there(site, people, text):
    tag = people["owner"].client.get(f"/api/posts/{text.id}").header("etag")
    for who in set(present(people)) - set(MAY_SEE[text.visibility]):
        user = people[who]
        with site.client(user.access_token if user else None) as client:
            for fields in ({"If-None-Match": tag}, {"If-None-Match": "*"}, {"If-Match": "*"}):
                client.get(f"/api/posts/{text.id}", headers=fields).expect(404)
                client.request("HEAD", f"/api/posts/{text.id}", headers=fields).expect(404)
    for who in set(present(people)) - set(MAY_SEE[text.visibility]) - {"anonymous"}:
        people[who].client.delete(f"/api/posts/{text.id}", headers={"If-Match": '"0"'}).expect(404)


def test_only_what_everybody_sees_is_shared_on(people, text):
    for who in present(people):
        if who == "anonymous" or text.visibility == "public":
            continue
        answer = people[who].client.post("/api/posts", {"repost_of": text.id, "text": "look!"})
        assert answer.status == (422 if who in MAY_SEE[text.visibility] else 404), (who, answer)
        assert text.word not in answer.body.decode()


def test_a_repost_does_not_name_what_is_hidden(site, people, text):
    for who in present(people):
        sees = who in MAY_SEE[text.visibility]
        quote = answer_to(site, people, who, f"/api/posts/{text.quote}").expect(200).json()
        assert quote["text"] == "my own words"
        assert (quote["repost_of"] == text.id, quote["original"] is not None) == (sees, sees), who
        assert sees or str(text.id) not in json.dumps(quote), who
        answer_to(site, people, who, f"/api/posts/{text.plain}").expect(200 if sees else 404)


def test_other_services_see_what_the_user_sees_for_whom_they_ask(site, people, text):
    caller = Caller(site, "subscriptions")
    ids = [text.id, text.plain, text.quote]
    for who in set(present(people)) - {"moderator", "admin"}:
        answer = caller.call("posts", "POST", "/api/posts/batch", {"ids": ids}, user=people[who]).expect(200)
        sees = who in MAY_SEE[text.visibility]
        assert [post["id"] for post in answer.json()["items"]] == (ids if sees else [text.quote]), who
        assert (text.word in answer.body.decode()) == sees, who
    assert text.word not in caller.call("posts", "POST", "/api/posts/batch", {"ids": [text.id]}).body.decode() \
        or text.visibility == "public"


@pytest.mark.usefixtures("shared_events")
def test_a_feed_has_what_its_reader_may_see(people, text):
    """The fan's reposts come with it: the follower reads both, the former follower the fan alone."""
    def seen(who):
        items = people[who].client.get("/api/newsfeed?limit=100").expect(200).json()["items"]
        return {item["id"] for item in items}, json.dumps(items, ensure_ascii=False)

    for who in ("follower", "former follower"):
        sees = who in MAY_SEE[text.visibility]
        wanted = ({text.id} if sees and who == "follower" else set()) | {text.quote} | ({text.plain} if sees else set())
        eventually(lambda: seen(who)[0] & {text.id, text.plain, text.quote} == wanted, f"the feed of the {who}", 20)
        assert (text.word in seen(who)[1]) == sees, who
    for who in ("stranger", "owner", "moderator", "admin"):
        assert text.word not in seen(who)[1], who


def test_counts_do_not_tell_of_what_is_hidden(site, people, text):
    """A profile has no number of posts; a tag has its posts and nothing else; who cannot see a post counts for nothing."""
    profile = answer_to(site, people, "anonymous", f"/api/users/{people['owner'].id}").expect(200).json()
    assert not [name for name in profile if "post" in name], profile
    for who in set(present(people)) - set(MAY_SEE[text.visibility]):
        page = answer_to(site, people, who, f"/api/posts?tag={text.word}").expect(200).json()
        assert page == {"items": [], "next_cursor": None}, who
        page = answer_to(site, people, who, f"/api/posts/search?q={text.word}").expect(200).json()
        assert page == {"items": [], "next_cursor": None}, who


def test_what_becomes_private_is_gone_at_once(people):
    owner, word = people["owner"].client, unique("seal")
    post = owner.post("/api/posts", {"text": f"{word} #{word}"}).expect(201).json()["id"]
    reader = people["stranger"].client
    paths = [f"/api/posts/{post}", f"/api/posts?tag={word}", f"/api/posts/search?q={word}",
             f"/api/posts?author={people['owner'].id}&limit=100"]
    assert all(word in reader.get(path).body.decode() for path in paths)
    owner.patch(f"/api/posts/{post}", {"visibility": "private"}).expect(200)
    assert not [path for path in paths if word in json.dumps(reader.get(path).json().get("items", []))]
    owner.patch(f"/api/posts/{post}", {"title": "still mine"}).expect(200)  # names no visibility, so changes none
    reader.get(paths[0]).expect(404)
