"""Looks at every answer: whether its reader was allowed to see what it says, and whether it is an answer at all."""

from world import MARKER

FAULTS_MAX = 40


class Faults(list):
    """What went wrong; counts on beyond what is kept."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def add(self, text):
        self.count += 1
        if len(self) < FAULTS_MAX:
            self.append(text)


class Checker:
    def __init__(self, world, faults):
        self.world, self.faults = world, faults
        self.answers = self.texts = 0
        self.took = []  # seconds, of each answer

    def check(self, reader, question, answer, expected):
        """`reader` is the number of a user, or NOBODY."""
        self.answers += 1
        self.took.append(answer.end - answer.begin)
        if answer.status not in expected:
            self.faults.add(f"{question} by {reader}: {answer.status} {answer.body[:300]!r}")
        self.check_texts(reader, question, answer.body, answer.begin, answer.end)

    def check_texts(self, reader, question, body, begin, end):
        for kind, author, serial, generation in set(MARKER.findall(body)):
            self.texts += 1
            key = int(author), int(serial)
            reason = (self.why_not_post if kind == b"mk" else self.why_not_comment)(reader, key, int(generation), begin, end)
            if reason:
                text = f"{kind.decode()}{author.decode()}x{serial.decode()}x{generation.decode()}z"
                self.faults.add(f"{question} by {reader}: {text} {reason}")

    def why_not_post(self, reader, key, generation, begin, end):
        post = self.world.posts.get(key)
        if post is None:
            return "was never written"
        if self.world.might_see(reader, post, begin, end, generation):
            return None
        if any(state.generation == generation and state.might_be(begin, end) for state in post.states):
            return f"is not for this reader: {post.state.visibility}"
        return "is no longer what the post says, or not yet"

    def why_not_comment(self, reader, key, generation, begin, end):
        comment = self.world.comments.get(key)
        if comment is None:
            return "was never written"
        if not any(state.generation == generation and state.might_be(begin, end) for state in comment.states):
            return "is no longer what the comment says, or not yet"
        if not self.world.might_see(reader, comment.post, begin, end):
            return "is on a post that is not for this reader"
        return None

    def check_target(self, reader, question, post, answer):
        """Whether the answer to a request about a post tells more, or less, than the reader may know."""
        if answer.status == 404:
            if self.world.must_see(reader, post, answer.begin, answer.end):
                self.faults.add(f"{question} by {reader}: 404, but it is there, and {post.state.visibility}")
        elif answer.status < 300 and not post.is_plain:
            if not self.world.might_see(reader, post, answer.begin, answer.end):
                self.faults.add(f"{question} by {reader}: {answer.status}, but the post is not for this reader")

    def check_list(self, question, items, is_newest_first=False):
        ids = [item["id"] for item in items]
        if len(set(ids)) != len(ids):
            self.faults.add(f"{question}: the same one twice")
        if is_newest_first and ids != sorted(ids, reverse=True):
            self.faults.add(f"{question}: not newest first")

    def check_feed(self, reader, question, answer, number_of):
        """A feed holds posts of those whom its reader follows, without delay."""
        for item in answer.json()["items"]:
            author = number_of.get(item["author_id"])
            if author is None or not self.world.might_follow(reader, author, answer.begin, answer.end):
                self.faults.add(f"{question} by {reader}: a post of {author}, who is not followed")
