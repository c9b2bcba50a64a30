"""Who asks, and what earlier answers have told: ids, cursors, entity tags."""

import json
import re
import uuid
from collections import defaultdict

from wire import Wire

KEPT = 40
ROLES = {"anonymous": None, "user": ["user"], "moderator": ["user", "moderator"], "admin": ["user", "admin"]}
GUEST = "guest"  # a user for what ends sessions
PASSWORD = "correct horse battery 7"


class Actor:
    def __init__(self, role, answer):
        self.role = role
        self.password = PASSWORD
        self.id = answer["user"]["id"]
        self.username = answer["user"]["username"]
        self.email = answer["user"]["email"]
        self.token = answer["access_token"]
        self.last_change = None  # the operation


class World:
    """operator: the admin listener; it makes moderators and administrators by invitation."""

    def __init__(self, random, address, operator, operator_token, paths):
        self.random = random
        self.wire = Wire(address)
        self.operator = Wire(operator, operator_token)
        self.paths = paths  # of all operations
        self.pools = defaultdict(list)
        self.cursors = defaultdict(list)
        self.tags = defaultdict(list)
        self.actors = {}
        self.ends_sessions = set()  # operations after which a token was of no use any more
        self.run, self.number = uuid.uuid4().hex[:10], 0  # for names that nobody has yet

    def actor(self, role):
        """None for anonymous."""
        if role == "anonymous":
            return None
        if role not in self.actors:
            self.actors[role] = self._sign_up(role)
        return self.actors[role]

    def new_name(self):
        self.number += 1
        return f"c{self.run}{self.number}"

    def invitation(self, roles):
        answer = self.operator.send("POST", "/services/auth/commands/users.invite", [("Content-Type", "application/json")],
                                    json.dumps({"roles": roles}).encode())
        assert answer.status == 200, answer
        return json.loads(answer.body)["token"]

    def _sign_up(self, role):
        name = self.new_name()
        body = {"username": name, "email": f"{name}@example.com", "password": PASSWORD, "token": self.invitation(ROLES.get(role, ["user"]))}
        answer = self.wire.send("POST", "/api/auth/invitation", [("Content-Type", "application/json")], json.dumps(body).encode())
        assert answer.status == 201, answer
        actor = Actor(role, json.loads(answer.body))
        self.keep("user_id", actor.id)
        self.keep("username", actor.username)
        return actor

    def check_actor(self, role):
        """After a 401 although a token was sent: is it of any use yet?"""
        actor = self.actors.get(role)
        if actor is None:
            return
        answer = self.wire.send("GET", "/api/auth/me", [("Authorization", f"Bearer {actor.token}")], None)
        if answer.status != 200:
            self.ends_sessions.add(actor.last_change)
            del self.actors[role]

    def keep(self, name, value):
        pool = self.pools[name]
        if value in pool:
            return
        if len(pool) >= KEPT:
            pool[self.random.randrange(KEPT)] = value
        else:
            pool.append(value)

    def learn(self, case, answer):
        operation, actor = case.operation, self.actors.get(case.role)
        if actor is not None and case.method != "GET" and answer.status < 300:
            actor.last_change = operation.name
            if isinstance(case.value, dict) and isinstance(case.value.get("new_password"), str):
                actor.password = case.value["new_password"]
        self._learn_headers(case, answer)
        if answer.status >= 300 or "json" not in (answer.header("content-type") or ""):
            return
        literal = [part for part in operation.path.split("/") if part and not part.startswith("{")]
        try:
            self._walk(json.loads(answer.body), literal[-1], operation)
        except ValueError:
            pass

    def _learn_headers(self, case, answer):
        place = answer.header("location")
        if place and place.startswith("/") and place not in self.paths:
            collection, _, name = place.rstrip("/").rpartition("/")
            self.keep(collection.rpartition("/")[2], int(name) if name.isdigit() else name)
        if answer.header("etag"):
            self.tags[case.path] = [answer.header("etag")]
        if (case.method == "DELETE" and answer.status < 300) or (answer.status == 404 and self.random.random() < 0.3):
            self._forget(case)

    def _forget(self, case):
        """What is gone, or out of sight."""
        parts = case.path.strip("/").split("/")
        for collection, name in zip(parts, parts[1:]):
            pool = self.pools.get(collection, [])
            pool[:] = [one for one in pool if str(one) != name]

    def _walk(self, node, collection, operation):
        if isinstance(node, list):
            for child in node[:5]:
                self._walk(child, collection, operation)
        elif isinstance(node, dict):
            for name, value in node.items():
                if name == "next_cursor" and value:
                    self.cursors[operation.path] = (self.cursors[operation.path] + [value])[-5:]
                elif isinstance(value, (int, str)) and not isinstance(value, bool):
                    self._keep_member(name, value, collection)
                else:
                    self._walk(value, name if isinstance(value, dict) else collection, operation)

    def _keep_member(self, name, value, collection):
        if name == "id":
            self.keep(collection, value)
        elif name.endswith("_id") or name in ("refresh_token", "email"):
            self.keep(name, value)
        elif name in ("username", "author_name", "user_name"):
            self.keep("username", value)
        elif name == "text" and isinstance(value, str):
            for word in re.findall(r"\w{3,20}", value)[:2]:
                self.keep("word", word)

    def things(self, name, collection, actor):
        """Values for a parameter or member: by its own name, by the collection that it names, or by where it stands."""
        found = list(self.pools.get(name, []))
        if name.endswith("_id"):
            found += self.pools.get(name[:-3] + "s", [])
        if name == "user":
            found += self.pools["username"]
        if name in ("id", "ids", "username"):
            found += self.pools.get(collection, []) + (self.pools.get("user_id", []) if collection == "users" else [])
        found += {"repost_of": self.pools["posts"], "parent_id": self.pools["comments"], "author": self.pools["author_id"]}.get(name, [])
        if actor is not None and (name == "user_id" or collection == "users") and name != "user" and self.random.random() < 0.2:
            found = [actor.id]
        return found
