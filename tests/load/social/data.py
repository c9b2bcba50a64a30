"""The same made-up network for both: users, who follows whom, posts, likes, comments; the same numbers on every run."""

import csv
import io
import json
import os
import random
import subprocess
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone

from measure import BenchError

WORDS = ("time people year way day thing world life hand part child eye woman place work week case point number group problem "
         "fact garden river music coffee train window letter summer code engine bridge winter market story paper night "
         "время человек дело жизнь день рука работа слово место вопрос лицо друг глаз город вода стол земля машина дорога "
         "утро книга музыка поезд окно письмо лето мост зима рассказ бумага ночь сад река кофе").split()
TAGS = "news music code garden travel книги город кофе".split()
NAMES = "ada boris clara dmitri elena fedor galina hugo irina jonas kira leo maria nikolai olga pavel".split()
EPOCH_2020 = 1_577_836_800_000
DAY = 86_400_000


@dataclass(frozen=True)
class Size:
    """How much there is. `readers` have tokens: they send the requests."""
    readers: int = 40
    users: int = 1_000
    posts: int = 20_000
    follows_of_reader: int = 100
    follows_of_user: int = 20
    likes_per_post: int = 5
    comments_per_post: int = 3


@dataclass(frozen=True)
class Reader:
    id: int
    name: str


@dataclass
class Network:
    readers: list
    follows: list = field(default_factory=list)  # (follower, author)
    posts: list = field(default_factory=list)
    likes: list = field(default_factory=list)  # (post, user, name, milliseconds)
    comments: list = field(default_factory=list)  # (id, post, author, name, text, milliseconds)

    def public_posts(self):
        return [post for post in self.posts if post["visibility"] == "public"]


def sentence(chance, least, most):
    text = " ".join(chance.choice(WORDS) for _ in range(chance.randint(least, most)))
    if chance.random() < 0.3:
        text += " #" + chance.choice(TAGS)
    return text


def identifiers(chance, count, begin, end):
    """As the services make them: milliseconds since 2020, and 22 bits of chance. Ascending."""
    times = sorted(chance.sample(range(begin, end), count))
    return [((at - EPOCH_2020) << 22 | chance.getrandbits(22), at) for at in times]


def invent(size, readers):
    chance = random.Random(4)
    now = int(time.time() * 1000) - 60_000
    begin = now - 30 * DAY
    network = Network(readers)
    people = readers + [Reader(number << 22 | 1, f"{chance.choice(NAMES)}{number}")
                        for number in range(1, size.users - len(readers) + 1)]
    for person in people:
        wanted = size.follows_of_reader if person in readers else size.follows_of_user
        for author in chance.sample(people, min(wanted, len(people) - 1)):
            if author.id != person.id:
                network.follows.append((person.id, author.id))
    for identifier, at in identifiers(chance, size.posts, begin, now):
        author = people[min(int(chance.paretovariate(1.0)) * chance.randint(1, 40), len(people)) - 1] \
            if chance.random() < 0.5 else chance.choice(people)
        network.posts.append({
            "id": identifier, "author_id": author.id, "author_name": author.name, "at": at,
            "title": sentence(chance, 2, 6) if chance.random() < 0.5 else None, "text": sentence(chance, 15, 60),
            "visibility": chance.choices(("public", "followers", "private"), (92, 5, 3))[0], "likes": 0, "comments": 0})
    for post in network.posts:
        for person in chance.sample(people, min(int(chance.expovariate(1 / size.likes_per_post)), len(people) // 2)):
            network.likes.append((post["id"], person.id, person.name, post["at"] + 1_000))
            post["likes"] += 1
    total = size.posts * size.comments_per_post
    for identifier, at in identifiers(chance, total, begin, now):
        post, person = chance.choice(network.posts), chance.choice(people)
        network.comments.append((identifier, post["id"], person.id, person.name, sentence(chance, 5, 25), at))
        post["comments"] += 1
    return network


def copy_in(server, database, table, columns, rows):
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow(["\\N" if value is None else value for value in row])
    result = subprocess.run(
        [os.path.join(server.programs, "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", server.url(database), "-c",
         f"copy {table} ({columns}) from stdin (format csv, null '\\N')"],
        input=text.getvalue(), capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise BenchError(f"{database}: {table}: {result.stderr[:2000]}")


def load_gatehouse(server, database, network):
    """Into the tables of the services posts and subscriptions, which have made them; what has to be indexed they index."""
    copy_in(server, database, "posts.posts",
            "id, author_id, author_name, title, text, visibility, likes, comments, created_at, updated_at",
            [(p["id"], p["author_id"], p["author_name"], p["title"], p["text"], p["visibility"], p["likes"], p["comments"],
              p["at"], p["at"]) for p in network.posts])
    copy_in(server, database, "posts.likes", "post_id, user_id, user_name, created_at", network.likes)
    copy_in(server, database, "posts.comments",
            "id, post_id, author_id, author_name, text, created_at, updated_at", [(*c, c[-1]) for c in network.comments])
    copy_in(server, database, "posts.follows", "follower_id, author_id", network.follows)
    copy_in(server, database, "subscriptions.follows", "follower_id, user_id, id, created_at",
            [(*pair, number, 0) for number, pair in enumerate(network.follows, 1)])
    copy_in(server, database, "subscriptions.feed_posts", "post_id, author_id, visibility",
            [(p["id"], p["author_id"], p["visibility"]) for p in network.posts if p["visibility"] != "private"])
    deadline = time.monotonic() + 300
    while server.sql("select 1 from posts.posts where indexed = 0 limit 1", database):
        if time.monotonic() > deadline:
            raise BenchError("posts does not index what it was given")
        time.sleep(0.25)
    server.sql("vacuum analyze", database)


def load_peer(server, database, network):
    def moment(milliseconds):
        return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).isoformat(timespec="milliseconds")

    copy_in(server, database, "posts",
            "id, author_id, author_name, title, text, visibility, tags, likes, comments, created_at, updated_at",
            [(p["id"], p["author_id"], p["author_name"], p["title"], p["text"], p["visibility"], tags_of(p), p["likes"],
              p["comments"], moment(p["at"]), moment(p["at"])) for p in network.posts])
    copy_in(server, database, "likes", "post_id, user_id, user_name, created_at",
            [(*like[:3], moment(like[3])) for like in network.likes])
    copy_in(server, database, "comments", "id, post_id, author_id, author_name, text, created_at, updated_at",
            [(*c[:-1], moment(c[-1]), moment(c[-1])) for c in network.comments])
    copy_in(server, database, "follows", "follower_id, author_id", network.follows)
    server.sql("vacuum analyze", database)


def tags_of(post):
    words = f"{post['title'] or ''} {post['text']}".split()
    tags = list(dict.fromkeys(word[1:] for word in words if word.startswith("#")))
    return json.dumps(tags, ensure_ascii=False).replace("[", "{").replace("]", "}")
