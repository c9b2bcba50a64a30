"""What an actor does with everybody's posts: likes and comments."""

import time

from world import Comment, State, marker


class Reacting:
    async def like(self):
        await self.set_like("PUT", True)

    async def unlike(self):
        await self.set_like("DELETE", False)

    async def set_like(self, method, wanted):
        post = self.town.some_post()
        if not wanted and self.rng.random() < 0.7:
            post = next((liked for liked, is_liked in reversed(self.likes.items()) if is_liked), post)
        if post is None:
            return
        before = self.likes.get(post, False)
        self.likes[post] = None
        answer = await self.send_maybe_twice(method, f"/api/posts/{post.id}/like", (204, 404))
        self.checker.check_target(self.number, method + " like", post, answer)
        self.likes[post] = wanted if answer.status == 204 else before
        if self.reads_back:
            await self.look(post)

    async def comment(self):
        post = self.town.some_post()
        if post is None:
            return
        comment = Comment(self.number, self.next_serial(), post)
        text = f"I say {marker('ck', self.number, comment.serial, 0)}"
        body = {"text": text}
        parents = [other for other in self.comments[-20:] if other.post is post and other.is_certain and not other.is_deleted]
        if parents and self.rng.random() < 0.5:
            body["parent_id"] = self.rng.choice(parents).id
        self.world.comments[self.number, comment.serial] = comment
        self.world.begin_state(comment.states, State(time.monotonic(), 0, text))
        answer = await self.send("POST", f"/api/posts/{post.id}/comments", body, expect=(201, 404))
        self.checker.check_target(self.number, "comment", post, answer)
        if answer.status != 201:
            self.world.take_back(comment.states)
            return
        self.world.confirm(comment.states, answer.end)
        comment.id, comment.is_certain = answer.json()["id"], True
        self.comments.append(comment)

    def own_comment(self):
        alive = [comment for comment in self.comments[-40:] if comment.is_certain and not comment.is_deleted]
        return self.rng.choice(alive) if alive else None

    async def change_comment(self):
        comment = self.own_comment()
        if comment is None:
            return
        generation = comment.state.generation + 1
        text = f"I mean {marker('ck', self.number, comment.serial, generation)}"
        self.world.begin_state(comment.states, State(time.monotonic(), generation, text))
        comment.is_certain = False
        answer = await self.send("PATCH", f"/api/posts/comments/{comment.id}", {"text": text}, expect=(200, 404))
        self.checker.check_target(self.number, "change a comment", comment.post, answer)
        comment.is_certain = True
        if answer.status == 200:
            self.world.confirm(comment.states, answer.end)
        else:
            self.world.take_back(comment.states)

    async def remove_comment(self):
        comment = self.own_comment()
        if comment is None:
            return
        asked = time.monotonic()
        comment.is_certain = False
        answer = await self.send("DELETE", f"/api/posts/comments/{comment.id}", expect=(204, 404))
        self.checker.check_target(self.number, "remove a comment", comment.post, answer)
        comment.is_certain = True
        if answer.status == 204:
            comment.is_deleted = True
            self.world.finish(comment.states, asked, answer.end)
