"""The checker finds what is wrong: leaks, stale texts, lost writes and wrong counters, and nothing else."""

import json
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import recount  # noqa: E402
from checker import Checker, Faults  # noqa: E402
from databases import SqliteDatabases  # noqa: E402
from wire import Answer  # noqa: E402
from world import NEVER, NOBODY, Comment, Post, State, World, marker  # noqa: E402

MIGRATIONS = HERE.parents[2] / "plugins"
AUTHOR, FOLLOWER, STRANGER = 1, 2, 3
LAG = 2.0


@pytest.fixture()
def world():
    return World(LAG)


def stated(history, begin, known, **more):
    World.begin_state(history, State(begin, **more))
    World.confirm(history, known)


def written(world, *states):
    """A post with these (asked, answered, generation, visibility)."""
    post = Post(AUTHOR, 7)
    post.id = 70
    world.posts[AUTHOR, 7] = post
    for begin, known, generation, visibility in states:
        stated(post.states, begin, known, generation=generation, visibility=visibility)
    return post


def faults_of(world, reader, begin, end, kind="mk", author=AUTHOR, serial=7, generation=0):
    faults = Faults()
    body = json.dumps({"items": [{"text": f"hammer {marker(kind, author, serial, generation)} #hot"}]}).encode()
    Checker(world, faults).check(reader, "GET /x", Answer(200, {}, body, begin, end), (200,))
    return faults


@pytest.mark.parametrize("visibility, reader, is_fine", [
    ("public", NOBODY, True), ("public", STRANGER, True), ("followers", FOLLOWER, True), ("followers", STRANGER, False),
    ("followers", NOBODY, False), ("followers", AUTHOR, True), ("private", FOLLOWER, False), ("private", AUTHOR, True),
    ("private", NOBODY, False)])
def test_a_text_is_for_those_who_may_see_it(world, visibility, reader, is_fine):
    written(world, (1, 2, 0, visibility))
    stated(world.follows.setdefault((FOLLOWER, AUTHOR), []), 1, 2)
    assert (faults_of(world, reader, 10, 11) == []) is is_fine


def test_a_text_that_was_hidden_is_served_no_more(world):
    written(world, (1, 2, 0, "public"), (10, 11, 0, "private"))
    assert faults_of(world, STRANGER, 10.9, 12) == []
    assert faults_of(world, STRANGER, 11.1, 12)
    assert faults_of(world, AUTHOR, 11.1, 12) == []


def test_a_text_that_was_replaced_is_served_no_more_not_even_to_its_author(world):
    written(world, (1, 2, 0, "public"), (10, 11, 1, "public"))
    assert faults_of(world, AUTHOR, 10.5, 12) == []
    assert faults_of(world, AUTHOR, 11.1, 12)
    assert faults_of(world, AUTHOR, 9, 9.5, generation=1), "and not before it was sent"


def test_a_deleted_text_is_served_no_more(world):
    post = written(world, (1, 2, 0, "public"))
    World.finish(post.states, 10, 11)
    assert faults_of(world, STRANGER, 10.5, 12) == []
    assert faults_of(world, STRANGER, 11.1, 12)


def test_the_moments_of_following_and_of_visibility_have_to_meet(world):
    written(world, (1, 2, 0, "followers"), (10, 11, 0, "private"))
    stated(world.follows.setdefault((FOLLOWER, AUTHOR), []), 12, 13)
    assert faults_of(world, FOLLOWER, 5, 20), "it followed only when the text was hidden already"


def test_posts_may_be_behind_the_followings_for_a_while_and_no_longer(world):
    written(world, (1, 2, 0, "followers"))
    history = world.follows.setdefault((FOLLOWER, AUTHOR), [])
    stated(history, 1, 2)
    World.finish(history, 10, 11)
    assert faults_of(world, FOLLOWER, 11 + LAG / 2, 14) == []
    assert world.lag_seen == pytest.approx(LAG / 2)
    assert faults_of(world, FOLLOWER, 11.1 + LAG, 15)
    world.outages.append((11.5, 20.0))
    assert faults_of(world, FOLLOWER, 20.5, 21) == [], "an outage comes on top"
    assert faults_of(world, FOLLOWER, 20.1 + LAG, 25)


def test_feeds_are_not_behind_at_all(world):
    history = world.follows.setdefault((FOLLOWER, AUTHOR), [])
    stated(history, 1, 2)
    World.finish(history, 10, 11)
    for begin, is_fine in ((10.5, True), (11.5, False)):
        faults = Faults()
        answer = Answer(200, {}, b'{"items":[{"id":1,"author_id":100}]}', begin, 12)
        Checker(world, faults).check_feed(FOLLOWER, "feed", answer, {100: AUTHOR})
        assert (faults == []) is is_fine


def test_without_an_answer_both_may_be_so_until_its_writer_has_looked(world):
    post = written(world, (1, 2, 0, "public"))
    World.begin_state(post.states, State(10, 0, visibility="private"))
    assert faults_of(world, STRANGER, 50, 51) == []
    World.confirm(post.states, 60)
    assert faults_of(world, STRANGER, 61, 62)
    World.begin_state(post.states, State(70, 1, visibility="public"))
    World.take_back(post.states)
    assert post.state.doubted == NEVER
    assert faults_of(world, STRANGER, 80, 81, generation=1)


def test_a_comment_is_as_visible_as_its_post(world):
    post = written(world, (1, 2, 0, "public"), (10, 11, 0, "private"))
    comment = Comment(STRANGER, 4, post)
    world.comments[STRANGER, 4] = comment
    stated(comment.states, 5, 6)
    ask = {"kind": "ck", "author": STRANGER, "serial": 4}
    assert faults_of(world, NOBODY, 8, 9, **ask) == []
    assert faults_of(world, STRANGER, 12, 13, **ask), "also its own author sees it no more"
    assert faults_of(world, AUTHOR, 12, 13, **ask) == []
    World.finish(comment.states, 20, 21)
    assert faults_of(world, AUTHOR, 22, 23, **ask)


def test_what_nobody_wrote_is_a_fault(world):
    assert faults_of(world, AUTHOR, 1, 2)
    assert faults_of(world, AUTHOR, 1, 2, kind="ck")


@pytest.mark.parametrize("status, visibility, reader, is_fine", [
    (404, "public", STRANGER, False), (404, "private", STRANGER, True), (404, "private", AUTHOR, False),
    (204, "private", STRANGER, False), (204, "public", STRANGER, True), (404, "followers", FOLLOWER, False),
    (204, "followers", STRANGER, False)])
def test_answers_without_a_text_tell_no_more_and_no_less_than_the_reader_may_know(world, status, visibility, reader, is_fine):
    post = written(world, (1, 2, 0, visibility))
    stated(world.follows.setdefault((FOLLOWER, AUTHOR), []), 1, 2)
    faults = Faults()
    Checker(world, faults).check_target(reader, "like", post, Answer(status, {}, b"", 10, 11))
    assert (faults == []) is is_fine


@pytest.mark.parametrize("status", [500, 502, 503, 429, 409])
def test_answers_that_nobody_expects_are_faults(world, status):
    faults = Faults()
    Checker(world, faults).check(AUTHOR, "GET /x", Answer(status, {}, b"{}", 1, 2), (200, 404))
    assert faults


def test_lists_repeat_nothing_and_are_in_order(world):
    faults = Faults()
    checker = Checker(world, faults)
    checker.check_list("x", [{"id": 3}, {"id": 2}], is_newest_first=True)
    assert not faults
    checker.check_list("x", [{"id": 2}, {"id": 3}], is_newest_first=True)
    checker.check_list("x", [{"id": 3}, {"id": 3}])
    assert len(faults) == 2


# ---- the recount, on the tables as the services make them ------------------------------------------------------------

EVENTS = ("create table gh_outbox (sent_at integer); create table gh_inbox_failed (id integer); "
          "create table gh_dead_letters (id integer);")
DATA = {
    "posts": """
        insert into posts (id, author_id, author_name, text, visibility, likes, comments, reposts, created_at, updated_at)
            values (1, 10, 'a', 'hammer mk0x1x0z #hot', 'public', 1, 1, 1, 0, 0), (2, 11, 'b', 'hammer mk1x1x0z', 'private', 0, 0, 0, 0, 0);
        insert into posts (id, author_id, author_name, text, visibility, repost_of, created_at, updated_at)
            values (3, 11, 'b', '', 'public', 1, 0, 0);
        insert into likes values (1, 11, 'b', 0);
        insert into comments (id, post_id, author_id, author_name, text, created_at, updated_at, deleted_at)
            values (5, 1, 11, 'b', 'x', 0, 0, null), (6, 1, 11, 'b', '', 0, 0, 9);
        insert into post_tags values ('hot', 1, 10, 'public', 1);
        insert into follows values (11, 10);""",
    "subscriptions": """
        insert into follows values (11, 10, 1, 0);
        insert into feed_posts (post_id, author_id, visibility) values (1, 10, 'public'), (3, 11, 'public');""",
    "users": """insert into follow_counts values (10, 0, 1), (11, 1, 0), (12, 0, 0);""",
    "auth": "", "media": "",
}


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """The databases as the recount is to find them right."""
    folder = tmp_path_factory.mktemp("template")
    for service, data in DATA.items():
        connection = sqlite3.connect(folder / f"{service}.db")
        connection.executescript("pragma synchronous = off; begin;" + EVENTS)
        if data:
            for file in sorted((MIGRATIONS / service / "migrations").glob("*.sqlite.sql")):
                connection.executescript(file.read_text())
        connection.executescript(data)
        connection.commit()
        connection.close()
    return folder


@pytest.fixture()
def databases(template, tmp_path):
    for file in template.iterdir():
        shutil.copy(file, tmp_path)
    return SqliteDatabases(tmp_path)


def test_a_recount_that_agrees_has_no_faults(databases):
    assert recount.counters(databases) == []
    assert recount.copies(databases) == []
    assert recount.waiting(databases) == 0


@pytest.mark.parametrize("service, change, word", [
    ("posts", "update posts set likes = 2 where id = 1", "likes"),
    ("posts", "delete from likes", "likes"),
    ("posts", "update posts set comments = 2 where id = 1", "comments"),
    ("posts", "update posts set reposts = 0 where id = 1", "reposts"),
    ("posts", "update post_tags set likes = 0", "likes of a tag"),
    ("posts", "update post_tags set visibility = 'private'", "likes of a tag"),
    ("media", "insert into gh_dead_letters values (1)", "dead letters"),
    ("posts", "delete from follows", "follows in subscriptions and posts"),
    ("subscriptions", "delete from follows", "follows in subscriptions and posts"),
    ("users", "update follow_counts set subscribers = 2 where user_id = 10", "followings counted"),
    ("users", "update follow_counts set subscriptions = -1 where user_id = 12", "followings counted"),
    ("subscriptions", "delete from feed_posts where post_id = 3", "posts that can be in a feed"),
    ("subscriptions", "update feed_posts set visibility = 'followers' where post_id = 1", "posts that can be in a feed"),
    ("posts", "update posts set visibility = 'private' where id = 3", "posts that can be in a feed")])
def test_a_wrong_counter_or_copy_is_found(databases, service, change, word):
    databases.change(service, change)
    faults = recount.counters(databases) + recount.copies(databases)
    assert any(word in fault for fault in faults), faults


@pytest.mark.parametrize("change", [
    "insert into post_search (rowid, title, body) values (1, '', 'hammer mk0x1x0z hot')",
    "insert into post_search (rowid, title, body) values (1, '', 'hammer mk0x1x0z hot'), (2, '', 'hammer mk9x9x9z')"])
def test_posts_without_their_words_are_found(databases, change):
    databases.change("posts", change)
    assert recount.search_index(databases, is_sqlite=True)
    databases.change("posts", "delete from post_search")
    databases.change("posts", "insert into post_search (rowid, title, body) values (1, '', 'hammer mk0x1x0z hot'), "
                              "(2, '', 'hammer mk1x1x0z')")
    assert recount.search_index(databases, is_sqlite=True) == []


def test_a_feed_is_made_of_what_its_reader_may_see(databases):
    assert recount.feed_of(databases, 11) == [1]
    databases.change("posts", "insert into follows values (12, 11)")
    assert recount.feed_of(databases, 12) == [3]
    databases.change("posts", "update posts set visibility = 'followers' where id = 1")
    assert recount.feed_of(databases, 12) == [], "the share of a post that is hidden from this reader"
