"""What is known of the truth: which text was how visible when, and who followed whom.

Everything has one writer, who does one thing at a time, so its history is a row of states. A state may have been in
effect from the moment its request was sent (`begin`) until the request that ended it was answered (`end`), and certainly
was between `known` and `doubted`. What became of a request without an answer is not known; then both may be so, until
the writer has looked.
"""

import math
import re

MARKER = re.compile(rb"(mk|ck)(\d+)x(\d+)x(\d+)z")
NOBODY = -1     # somebody without an account
NEVER, ALWAYS = math.inf, -math.inf


class State:
    __slots__ = ("begin", "known", "doubted", "end", "generation", "text", "title", "visibility")

    def __init__(self, begin, generation=0, text="", title=None, visibility="public"):
        self.begin, self.known, self.doubted, self.end = begin, NEVER, NEVER, NEVER
        self.generation, self.text, self.title, self.visibility = generation, text, title, visibility

    def might_be(self, begin, end):
        """The part of that time in which it may have been in effect."""
        low, high = max(begin, self.begin), min(end, self.end)
        return (low, high) if low <= high else None

    def surely_was(self, begin, end):
        return self.known <= begin and end <= self.doubted


class Post:
    def __init__(self, author, serial, repost_of=None, is_plain=False):
        self.author, self.serial = author, serial
        self.repost_of = repost_of  # a Post
        self.is_plain = is_plain    # shares it without words: as visible as that
        self.id = None
        self.states = []
        self.is_deleted = False
        self.is_certain = False     # nothing that became of it is unknown
        self.viewers = set()
        self.looks = 0              # answers that may have counted as a view

    @property
    def state(self):
        return self.states[-1]

    @property
    def is_alive(self):
        return self.id is not None and not self.is_deleted


class Comment:
    def __init__(self, author, serial, post):
        self.author, self.serial, self.post = author, serial, post
        self.id = None
        self.states = []
        self.is_deleted = False
        self.is_certain = False

    @property
    def state(self):
        return self.states[-1]


def marker(kind, author, serial, generation):
    return f"{kind}{author}x{serial}x{generation}z"


class World:
    def __init__(self, lag):
        self.lag = lag          # seconds that posts may be behind subscriptions
        self.posts = {}         # (author, serial) -> Post
        self.by_id = {}         # id -> Post
        self.pool = []          # posts to act on, as they came
        self.comments = {}      # (author, serial) -> Comment
        self.follows = {}       # (follower, author) -> [State]
        self.outages = []       # (begin, end) of times without a gateway
        self.lag_seen = 0.0     # the longest after which a following that had ended still showed something

    # ---- histories ---------------------------------------------------------------------------------------------------

    @staticmethod
    def begin_state(history, state):
        """It was asked for, just now."""
        if history:
            history[-1].doubted = min(history[-1].doubted, state.begin)
        history.append(state)

    @staticmethod
    def confirm(history, moment):
        """The last state is in effect, since that moment at the latest."""
        history[-1].known = moment
        if len(history) > 1:
            history[-2].end = min(history[-2].end, moment)

    @staticmethod
    def take_back(history):
        """The last state has not come into effect and will not."""
        history.pop()
        if history:
            history[-1].doubted = NEVER

    @staticmethod
    def finish(history, asked, moment):
        history[-1].doubted = min(history[-1].doubted, asked)
        history[-1].end = min(history[-1].end, moment)

    # ---- who may see what --------------------------------------------------------------------------------------------

    def settled(self, moment):
        """When everything that was so at that moment has come to posts."""
        late = moment + self.lag
        for begin, end in self.outages:
            if begin <= late:
                late = max(late, end + self.lag)
        return late

    def might_follow(self, follower, author, begin, end, is_delayed=False):
        """is_delayed: as posts knows it, which hears of it by an event."""
        for state in reversed(self.follows.get((follower, author), ())):
            until = self.settled(state.end) if is_delayed and state.end < NEVER else state.end
            if max(begin, state.begin) <= min(end, until):
                if is_delayed and begin > state.end:
                    self.lag_seen = max(self.lag_seen, begin - state.end)
                return True
        return False

    def surely_follows(self, follower, author, begin, end):
        return any(state.known < NEVER and self.settled(state.known) <= begin and end <= state.doubted
                   for state in self.follows.get((follower, author), ()))

    def might_see(self, reader, post, begin, end, generation=None):
        """Whether there was a moment in that time at which the reader may have been allowed to see it."""
        parts = [(state.visibility, state.might_be(begin, end)) for state in reversed(post.states)
                 if generation is None or state.generation == generation]
        parts = [(visibility, part) for visibility, part in parts if part]
        if any(visibility == "public" or reader == post.author for visibility, _ in parts):
            return True
        parts = [part for visibility, part in parts if visibility == "followers"]
        return (any(self.might_follow(reader, post.author, *part) for part in parts) or
                any(self.might_follow(reader, post.author, *part, is_delayed=True) for part in parts))

    def must_see(self, reader, post, begin, end):
        """Whether the reader was allowed to for all that time."""
        if post.is_plain:
            return False
        for state in post.states:
            if not state.surely_was(begin, end):
                continue
            if state.visibility == "public" or reader == post.author:
                return True
            return state.visibility == "followers" and self.surely_follows(reader, post.author, begin, end)
        return False
