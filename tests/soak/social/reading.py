"""What an actor reads."""

from writing import TAGS


class Reading:
    async def pages(self, path, is_newest_first=False, pages=2):
        """Up to so many pages; returns the last answer."""
        items, cursor, answer = [], "", None
        for _ in range(pages):
            answer = await self.send("GET", path + cursor)
            items += answer.json()["items"]
            if is_newest_first:
                self.checker.check_list(path, items, True)
            if answer.json()["next_cursor"] is None or self.rng.random() < 0.5:
                break
            cursor = f"&cursor={answer.json()['next_cursor']}"
        return answer

    async def list_posts(self):
        limit = self.rng.choice((5, 20, 100))
        kind = self.rng.randrange(4)
        if kind == 0:
            await self.pages(f"/api/posts?limit={limit}", True)
        elif kind == 1:
            await self.pages(f"/api/posts?limit={limit}&author={self.somebody().id}", True)
        elif kind == 2:
            await self.pages(f"/api/posts?limit={limit}&tag={self.rng.choice(TAGS)}", True)
        else:
            await self.pages(f"/api/posts?limit={limit}&sort=top")

    async def search(self):
        words = self.rng.choice(("hammer", "hammer%20-cold", "hot", "about"))
        await self.pages(f"/api/posts/search?q={words}&limit={self.rng.choice((5, 50))}")

    async def read_feed(self):
        path = f"/api/newsfeed?limit={self.rng.choice((5, 20, 100))}"
        answer = await self.send("GET", path)
        self.checker.check_list(path, answer.json()["items"], True)
        self.checker.check_feed(self.number, path, answer, self.town.number_of)

    async def read_comments(self):
        post = self.town.some_post()
        if post is not None:
            answer = await self.send("GET", f"/api/posts/{post.id}/comments?limit=100", expect=(200, 404))
            self.checker.check_target(self.number, "comments", post, answer)

    async def read_likes(self):
        post = self.town.some_post()
        if post is None:
            return
        answer = await self.send("GET", f"/api/posts/{post.id}/likes?limit=100", expect=(200, 404))
        self.checker.check_target(self.number, "likes", post, answer)
        if answer.status == 200:
            ids = [item["user_id"] for item in answer.json()["items"]]
            if len(ids) != len(set(ids)):
                self.fault(f"somebody likes post {post.id} twice")
            if self.likes.get(post, False) not in (None, self.id in ids):
                self.fault(f"post {post.id}: the list of likes and what was done differ")

    async def show_user(self):
        shown = (await self.send("GET", f"/api/users/{self.somebody().id}")).json()
        if not (0 <= shown["subscribers"] < len(self.town.actors) and 0 <= shown["subscriptions"] < len(self.town.actors)):
            self.fault(f"user {shown['id']} is shown with impossible counts: {shown}")
