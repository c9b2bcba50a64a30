"""The tables and every statement, built once: SQLAlchemy compiles each a single time, asyncpg prepares it per connection."""

from sqlalchemy import (BigInteger, Column, DateTime, ForeignKey, MetaData, Table, Text, and_, bindparam, func, insert, literal,
                        or_, select, update)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

metadata = MetaData()
Id, Time = BigInteger, DateTime(timezone=True)

posts = Table(
    "posts", metadata, Column("id", Id, primary_key=True), Column("author_id", Id), Column("author_name", Text),
    Column("title", Text), Column("text", Text), Column("visibility", Text), Column("media", ARRAY(Text)),
    Column("tags", ARRAY(Text)), Column("repost_of", Id), Column("likes", BigInteger), Column("comments", BigInteger),
    Column("reposts", BigInteger), Column("views", BigInteger), Column("created_at", Time), Column("updated_at", Time))
likes = Table(
    "likes", metadata, Column("post_id", Id, ForeignKey("posts.id"), primary_key=True),
    Column("user_id", Id, primary_key=True), Column("user_name", Text), Column("created_at", Time))
comments = Table(
    "comments", metadata, Column("id", Id, primary_key=True), Column("post_id", Id, ForeignKey("posts.id")),
    Column("parent_id", Id), Column("author_id", Id), Column("author_name", Text), Column("text", Text),
    Column("created_at", Time), Column("updated_at", Time), Column("deleted_at", Time))
follows = Table("follows", metadata, Column("follower_id", Id, primary_key=True), Column("author_id", Id, primary_key=True))

ME, POST, BEHIND, LIMIT = (bindparam(name, type_=BigInteger) for name in ("me", "post", "behind", "limit"))


def visible(post):
    followed = select(literal(1)).where(follows.c.follower_id == ME, follows.c.author_id == post.c.author_id).exists()
    return or_(post.c.visibility == "public", post.c.author_id == ME, and_(post.c.visibility == "followers", followed))


def liked(post):
    return select(literal(1)).where(likes.c.post_id == post.c.id, likes.c.user_id == ME).exists().label("liked_by_me")


POSTS = select(posts, liked(posts))
SHOW = POSTS.where(posts.c.id == POST, visible(posts))
NEWEST = POSTS.where(visible(posts), posts.c.id < BEHIND).order_by(posts.c.id.desc()).limit(LIMIT)
BY_AUTHOR = (POSTS.where(posts.c.author_id == bindparam("author", type_=BigInteger), visible(posts), posts.c.id < BEHIND)
             .order_by(posts.c.id.desc()).limit(LIMIT))

# PostgreSQL chooses: the newest posts until there are enough, or those of each author who is followed.
FEED = (POSTS.where(posts.c.author_id.in_(select(follows.c.author_id).where(follows.c.follower_id == ME)),
                    posts.c.visibility.in_(("public", "followers")), posts.c.id < BEHIND)
        .order_by(posts.c.id.desc()).limit(LIMIT))

IS_VISIBLE = select(posts.c.id).where(posts.c.id == POST, visible(posts))
COMMENTS = (select(comments).join(posts, posts.c.id == comments.c.post_id)
            .where(comments.c.post_id == POST, comments.c.id > BEHIND, visible(posts)).order_by(comments.c.id).limit(LIMIT))

ADD_POST = insert(posts)
ADD_COMMENT = insert(comments)
ADD_LIKE = upsert(likes).from_select(
    ["post_id", "user_id", "user_name", "created_at"],
    select(posts.c.id, ME, bindparam("name", type_=Text), func.now()).where(posts.c.id == POST, visible(posts))
).on_conflict_do_nothing()
REMOVE_LIKE = likes.delete().where(likes.c.post_id == POST, likes.c.user_id == ME)
COUNT_LIKES = update(posts).where(posts.c.id == POST).values(likes=posts.c.likes + bindparam("delta", type_=BigInteger))
# Takes the row's lock, so that counter and comments change together; no row: no such post, for this user.
COUNT_COMMENT = update(posts).where(posts.c.id == POST, visible(posts)).values(comments=posts.c.comments + 1)
