"""What is asked: two mixtures of requests by logged-in users, the same for everybody."""

import json
import random
from dataclasses import dataclass

from data import sentence

READS = {"post": 35, "newest": 15, "author": 15, "comments": 15, "feed": 20}
WRITES = {"like": 35, "unlike": 25, "comment": 25, "create": 15}
UNLIKE_AFTER = 300  # requests: more than are ever under way at once


@dataclass(frozen=True)
class Request:
    kind: str
    method: str
    path: str
    reader: int  # its place in the list of readers
    body: dict = None
    is_second_page: bool = False  # behind the cursor that the path's first page answers

    @property
    def status(self):
        return {"GET": 200, "POST": 201}.get(self.method, 204)


def reads(network, count):
    chance = random.Random(41)
    posts = network.public_posts()
    kinds = chance.choices(list(READS), READS.values(), k=count)
    return [read(kind, posts, network.readers, chance) for kind in kinds]


def read(kind, posts, readers, chance):
    post = chance.choice(posts)
    path = {"post": f"/api/posts/{post['id']}", "newest": "/api/posts", "author": f"/api/posts?author={post['author_id']}",
            "comments": f"/api/posts/{post['id']}/comments", "feed": "/api/newsfeed"}[kind]
    is_second = kind in ("newest", "author", "feed") and chance.random() < 0.33
    return Request(kind, "GET", path, chance.randrange(len(readers)), is_second_page=is_second)


def writes(network, count):
    """Every like is of a post that the user does not like, every end of a like of one that was liked before."""
    chance = random.Random(42)
    posts, taken = network.public_posts(), {(like[0], like[1]) for like in network.likes}
    requests, ends = [], []
    for kind in chance.choices(list(WRITES), WRITES.values(), k=count):
        if kind == "unlike":
            if not ends or len(requests) - ends[0][0] < UNLIKE_AFTER:
                kind = "comment"  # nothing to end yet
            else:
                _, path, reader = ends.pop(0)
                requests.append(Request(kind, "DELETE", path, reader))
                continue
        reader, post = chance.randrange(len(network.readers)), chance.choice(posts)
        if kind == "like":
            while (post["id"], network.readers[reader].id) in taken:
                reader, post = chance.randrange(len(network.readers)), chance.choice(posts)
            taken.add((post["id"], network.readers[reader].id))
            ends.append((len(requests), f"/api/posts/{post['id']}/like", reader))
            requests.append(Request(kind, "PUT", f"/api/posts/{post['id']}/like", reader))
        elif kind == "comment":
            body = {"text": sentence(chance, 5, 25)}
            requests.append(Request(kind, "POST", f"/api/posts/{post['id']}/comments", reader, body))
        else:
            body = {"title": sentence(chance, 2, 6), "text": sentence(chance, 15, 60)}
            requests.append(Request(kind, "POST", "/api/posts", reader, body))
    for _, path, reader in ends:  # so that the list can begin again
        requests.append(Request("unlike", "DELETE", path, reader))
    return requests


def text_of(body):
    return "" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def write_file(path, requests, paths, tokens):
    """For requests.lua. `paths` are those of the requests, with cursors."""
    lines = [f"{one.method}\t{where}\t{tokens[one.reader]}\t{text_of(one.body)}\n" for one, where in zip(requests, paths)]
    path.write_text("".join(lines), encoding="utf-8")
