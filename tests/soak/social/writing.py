"""What an actor does with posts of his own."""

import time

from world import NOBODY, NEVER, Post, State, marker

TAGS = ("hot", "cold", "news", "odd")
VISIBILITIES = ("public", "public", "followers", "followers", "private")


class Writing:
    def words(self, post, generation):
        tags = " ".join(f"#{tag}" for tag in sorted(self.rng.sample(TAGS, self.rng.randrange(3))))
        return f"hammer {marker('mk', self.number, post.serial, generation)} {tags}".strip()

    def begin_post(self, post, visibility):
        is_plain = post.is_plain
        title = None if is_plain or self.rng.random() < 0.7 else f"about {marker('mk', self.number, post.serial, 0)}"
        state = State(time.monotonic(), 0, "" if is_plain else self.words(post, 0), title, visibility)
        self.world.posts[self.number, post.serial] = post
        self.world.begin_state(post.states, state)

    async def publish(self, post, body):
        self.unresolved.append(lambda: self.resolve_new(post))
        answer = await self.send("POST", "/api/posts", body, expect=(201, 404, 409, 422))
        self.unresolved.pop()
        if answer.status == 201:
            self.world.confirm(post.states, answer.end)
            self.adopt(post, answer.json()["id"])
        else:
            self.world.take_back(post.states)
        return answer

    def adopt(self, post, number):
        post.id, post.is_certain = number, True
        self.posts.append(post)
        self.world.by_id[number] = post
        self.world.pool.append(post)

    async def write(self):
        post = Post(self.number, self.next_serial())
        self.begin_post(post, self.rng.choice(VISIBILITIES))
        state = post.state
        body = {"title": state.title, "text": state.text, "visibility": state.visibility}
        answer = await self.publish(post, body)
        if answer.status != 201:
            self.fault(f"a post was refused: {answer.status}")
        elif self.reads_back:
            await self.look(post)
            await self.find_own(post)

    async def share(self):
        original = self.town.some_post()
        if original is None or original.id is None:
            return
        post = Post(self.number, self.next_serial(), original, is_plain=self.rng.random() < 0.5)
        self.begin_post(post, "public" if post.is_plain else self.rng.choice(VISIBILITIES))
        state = post.state
        body = {"repost_of": original.id, "visibility": state.visibility}
        if not post.is_plain:
            body.update(text=state.text, title=state.title)
        answer = await self.publish(post, body)
        self.checker.check_target(self.number, "share", original, answer)
        if answer.status == 409 and not post.is_plain:
            self.fault("a share with words was refused")
        elif answer.status == 201 and self.reads_back:
            await self.look(post)

    async def resolve_new(self, post):
        """By the marker of its text, or by what it shares, among the newest of one's own."""
        answer = await self.send("GET", f"/api/posts?author={self.id}&limit=100")
        known = {own.id for own in self.posts}
        for item in answer.json()["items"]:
            is_this = item["text"] == post.state.text and (not post.is_plain or item["repost_of"] is not None)
            if is_this and item["id"] not in known:
                self.world.confirm(post.states, answer.end)
                self.adopt(post, item["id"])
                return
        if post.is_plain:       # it may share a post that is hidden by now
            post.is_certain = False
        else:
            self.world.take_back(post.states)

    def own_post(self):
        alive = [post for post in self.posts[-60:] if post.is_alive]
        return self.rng.choice(alive) if alive else None

    async def edit(self):
        post = self.own_post()
        if post is None or post.is_plain:
            return
        body, before = {}, post.state
        state = State(time.monotonic(), before.generation, before.text, before.title, before.visibility)
        if self.rng.random() < 0.7:
            state.visibility = body["visibility"] = self.rng.choice(VISIBILITIES)
        if self.rng.random() < 0.6 or not body:     # then nothing of the text before is left
            state.generation += 1
            state.text = body["text"] = self.words(post, state.generation)
            state.title = body["title"] = None
        self.world.begin_state(post.states, state)
        self.unresolved.append(lambda: self.resolve_edit(post, before))
        answer = await self.send("PATCH", f"/api/posts/{post.id}", body)
        self.unresolved.pop()
        self.world.confirm(post.states, answer.end)
        self.compare(post, answer)
        if self.reads_back:
            await self.look(post)

    async def resolve_edit(self, post, before):
        answer = await self.send("GET", f"/api/posts/{post.id}", expect=(200,))
        shown, state = answer.json(), post.state
        if (shown["text"], shown["visibility"]) == (state.text, state.visibility):
            self.world.confirm(post.states, answer.end)
        elif (shown["text"], shown["visibility"]) == (before.text, before.visibility):
            self.world.take_back(post.states)
        else:
            self.fault(f"post {post.id} is neither what it was nor what it was to be: {shown}")

    async def remove(self):
        post = self.own_post()
        if post is None:
            return
        asked = time.monotonic()
        post.state.doubted = min(post.state.doubted, asked)
        self.unresolved.append(lambda: self.resolve_removal(post, asked))
        answer = await self.send("DELETE", f"/api/posts/{post.id}", expect=(204, 404) if post.is_plain else (204,))
        self.unresolved.pop()
        post.is_deleted = True
        self.world.finish(post.states, asked, answer.end)
        if self.reads_back:
            await self.send("GET", f"/api/posts/{post.id}", expect=(404,))

    async def resolve_removal(self, post, asked):
        answer = await self.send("GET", f"/api/posts/{post.id}", expect=(200, 404))
        if answer.status == 404:
            post.is_deleted = True
            self.world.finish(post.states, asked, answer.end)
        else:
            post.state.doubted = NEVER

    def compare(self, post, answer):
        """What its author sees is what he wrote."""
        shown, state = answer.json(), post.state
        if (shown["text"], shown["title"], shown["visibility"]) != (state.text, state.title, state.visibility):
            self.fault(f"post {post.id} shows {shown}, not {state.text!r} {state.visibility}")

    async def look(self, post):
        answer = await self.send("GET", f"/api/posts/{post.id}", expect=(200, 404))
        self.checker.check_target(self.number, f"GET {post.id}", post, answer)
        if answer.status != 200:
            return None
        if post.author != self.number:
            post.viewers.add(self.number)
            post.looks += 1
        elif not post.is_plain:
            self.compare(post, answer)
        shown = answer.json()
        if self.number != NOBODY and self.likes.get(post, False) not in (None, shown["liked_by_me"]):
            self.fault(f"post {post.id}: liked_by_me is {shown['liked_by_me']}, it should not be")
        return shown

    async def look_at_some(self):
        post = self.town.some_post()
        if post is not None:
            await self.look(post)

    async def find_own(self, post):
        answer = await self.send("GET", f"/api/posts/search?q={marker('mk', self.number, post.serial, 0)}")
        if post.id not in [item["id"] for item in answer.json()["items"]]:
            self.fault(f"post {post.id} is not found by its text")
