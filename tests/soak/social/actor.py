"""One user with a real login, who does one random thing after the other, and knows what must have come of it."""

import asyncio
import time

from checker import Checker
from following import Following
from leaving import Leaving
from reacting import Reacting
from reading import Reading
from wire import Connection, Lost
from world import NOBODY
from writing import Writing

HOT = 12            # posts that everybody deals with, for a while
RECENT = 400
READ_BACK = 0.35    # of the writes are looked at by their writer
TWICE = 0.1         # of what may be repeated is sent twice, at the same time


class Town:
    """What the actors share."""

    def __init__(self, world, faults, host, port, rng):
        self.world, self.faults, self.host, self.port, self.rng = world, faults, host, port, rng
        self.checker = Checker(world, faults)
        self.actors = []
        self.number_of = {}         # user id -> number
        self.stopping = False
        self.is_up = asyncio.Event()
        self.is_up.set()
        self.may_lose = False       # answers, because somebody kills the gateway
        self.lost = self.events = 0

    def some_post(self):
        pool = self.world.pool
        if not pool:
            return None
        if self.rng.random() < 0.5:     # a window that moves on: hot posts get old, some are deleted while they are hot
            first = len(pool) // (4 * HOT) * (4 * HOT)
            return self.rng.choice(pool[first:first + HOT] or pool[-HOT:])
        return self.rng.choice(pool[-RECENT:])


class Actor(Writing, Reacting, Following, Reading, Leaving):
    def __init__(self, town, number):
        self.town, self.world, self.checker, self.rng = town, town.world, town.checker, town.rng
        self.number = number
        self.id = self.name = self.token = self.password = None
        self.lines = [Connection(town.host, town.port) for _ in range(2)]
        self.posts, self.comments = [], []
        self.likes = {}         # Post -> True, False, or None for unknown
        self.shares = {}        # Post that is shared without words -> the share
        self.unresolved = []    # to be looked at once the gateway is back
        self.serial = 0
        self.leaves_at = None       # when the account is deleted
        self.is_leaving = self.is_gone = False

    # ---- requests ----------------------------------------------------------------------------------------------------

    async def send(self, method, path, body=None, expect=(200,), line=0):
        try:
            answer = await self.lines[line].request(method, path, body, self.token)
        except Lost as error:
            self.town.lost += 1
            if not self.town.may_lose:
                self.town.faults.add(f"no answer: {error}")
            raise
        self.checker.check(self.number, f"{method} {path}", answer, expect)
        return answer

    async def send_maybe_twice(self, method, path, expect):
        """At the same time on two connections; both have to be fine."""
        if self.rng.random() > TWICE:
            return await self.send(method, path, expect=expect)
        answers = await asyncio.gather(*(self.send(method, path, expect=expect, line=line) for line in (0, 1)),
                                       return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        first, second = sorted(answers, key=lambda answer: answer.status)
        first.begin, first.end = min(first.begin, second.begin), max(first.end, second.end)
        return first

    def fault(self, text):
        self.town.faults.add(f"{text}, by {self.number}")

    @property
    def reads_back(self):
        return self.rng.random() < READ_BACK

    def next_serial(self):
        self.serial += 1
        return self.serial

    # ---- life --------------------------------------------------------------------------------------------------------

    async def live(self):
        actions, weights = zip(*self.weights())
        while not self.town.stopping and not self.is_gone:
            is_over = self.leaves_at is not None and time.monotonic() >= self.leaves_at
            try:
                await (self.leave() if is_over else self.rng.choices(actions, weights)[0]())
            except Lost:
                await self.recover()

    async def recover(self):
        """Waits for the gateway, and looks what became of what was not answered."""
        for line in self.lines:
            line.close()
        while True:
            await self.town.is_up.wait()
            try:
                while self.unresolved:
                    await self.unresolved[-1]()
                    self.unresolved.pop()
                return
            except Lost:
                await asyncio.sleep(0.05)

    def weights(self):
        return [(self.write, 7), (self.edit, 9), (self.remove, 3), (self.share, 5), (self.like, 16), (self.unlike, 9),
                (self.follow, 8), (self.unfollow, 6), (self.comment, 10), (self.change_comment, 3),
                (self.remove_comment, 4), (self.look_at_some, 12), (self.list_posts, 5), (self.search, 3),
                (self.read_feed, 6), (self.read_comments, 4), (self.read_likes, 2), (self.show_user, 2),
                (self.list_follows, 2), (self.log_in, 0.08)]

    async def log_in(self):
        body = {"login": self.name, "password": self.password}
        self.token = (await self.send("POST", "/api/auth/login", body)).json()["access_token"]


class Passer(Actor):
    """Somebody without an account, who reads."""

    def __init__(self, town):
        super().__init__(town, NOBODY)

    def weights(self):
        return [(self.look_at_some, 5), (self.list_posts, 3), (self.search, 2), (self.read_comments, 2), (self.show_user, 1)]
