"""How an actor ends: the account is deleted, and with it all that came of it."""

import time


class Leaving:
    async def leave(self):
        """From the question on everything may be gone at any moment, and nothing is shown a while after the answer."""
        self.is_leaving = True
        asked = time.monotonic()
        for post in self.posts:
            if post.is_alive:
                post.state.doubted = min(post.state.doubted, asked)
        self.unresolved.append(self.resolve_leaving)
        answer = await self.send("DELETE", "/api/users/me", expect=(204,))
        self.unresolved.pop()
        self.bury(asked, answer.end)

    async def resolve_leaving(self):
        """It may be repeated, as long as the token is good."""
        answer = await self.send("DELETE", "/api/users/me", expect=(204, 401, 404))
        self.bury(answer.begin, answer.end)

    def bury(self, asked, moment):
        self.is_gone = True
        until = self.world.settled(moment)
        for thing in self.posts + self.comments:
            if not thing.is_deleted:
                thing.is_deleted = True
                self.world.finish(thing.states, asked, until)
        for post, is_liked in self.likes.items():
            self.likes[post] = False if is_liked is not None else None
