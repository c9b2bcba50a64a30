"""Whom an actor follows."""

import time

from world import NEVER, State


class Following:
    def somebody(self):
        return self.rng.choice([other for other in self.town.actors if other is not self and not other.is_leaving])

    def following(self, other):
        """The history of following somebody, and whether one does."""
        history = self.world.follows.setdefault((self.number, other.number), [])
        return history, bool(history) and history[-1].end == NEVER

    async def follow(self):
        other = self.somebody()
        history, is_following = self.following(other)
        if not is_following:
            self.world.begin_state(history, State(time.monotonic()))
        self.unresolved.append(self.resolve_follows)
        answer = await self.send("POST", "/api/subscriptions", {"user_id": other.id}, expect=(200, 201, 404))
        self.unresolved.pop()
        if answer.status == 404:
            if not other.is_leaving:
                self.fault(f"{other.number} is there, but cannot be followed")
            if not is_following:
                self.world.take_back(history)
            return
        if (answer.status == 201) is is_following:
            self.fault(f"following {other.number} was answered {answer.status}")
        if not is_following:
            self.world.confirm(history, answer.end)
        if self.reads_back:
            await self.list_follows()

    async def unfollow(self):
        followed = [other for other in self.town.actors
                    if other is not self and not other.is_leaving and self.following(other)[1]]
        other = self.rng.choice(followed) if followed else self.somebody()
        history, is_following = self.following(other)
        asked = time.monotonic()
        if is_following:
            history[-1].doubted = asked
        self.unresolved.append(self.resolve_follows)
        answer = await self.send_maybe_twice("DELETE", f"/api/subscriptions/{other.id}", (204,))
        self.unresolved.pop()
        if is_following:
            self.world.finish(history, asked, answer.end)
        if self.reads_back:
            await self.list_follows()

    async def followed_ids(self):
        answer = await self.send("GET", "/api/subscriptions?limit=100")
        self.check_people(answer)
        return {item["user_id"] for item in answer.json()["items"]}, answer

    def check_people(self, answer):
        ids = [item["user_id"] for item in answer.json()["items"]]
        if len(ids) != len(set(ids)):
            self.fault("somebody is followed twice")

    async def list_follows(self):
        ids, _ = await self.followed_ids()
        wanted = {other.id for other in self.town.actors if other is not self and self.following(other)[1]}
        leaving = {other.id for other in self.town.actors if other.is_leaving}
        if ids - leaving != wanted - leaving:
            self.fault(f"follows {len(ids)} people, not {len(wanted)}; {sorted(ids ^ wanted)} differ")

    async def resolve_follows(self):
        ids, answer = await self.followed_ids()
        for other in self.town.actors:
            if other is self or other.is_leaving:
                continue
            history, is_following = self.following(other)
            if other.id in ids:
                if not is_following:
                    self.fault(f"follows {other.number} again")
                    continue
                history[-1].known, history[-1].doubted = min(history[-1].known, answer.end), NEVER
            elif is_following and history[-1].known < NEVER and history[-1].doubted < NEVER:
                history[-1].end = answer.end
            elif is_following and history[-1].known < NEVER:
                self.fault(f"no longer follows {other.number}")
            elif is_following:
                self.world.take_back(history)
