"""Posts, likes, comments and the news feed in FastAPI, SQLAlchemy (asyncio) and asyncpg.

BENCH_ANSWERS=models: answers go through their response models, as FastAPI's documentation teaches.
BENCH_ANSWERS=plain: rows become dictionaries and ujson writes them; the models only stand in the documentation.
"""

import base64
import os
import random
import re
import time
from datetime import datetime, timezone

import models
import statements as sql
from fastapi import FastAPI, Header, HTTPException, Query, Response
from fastapi.responses import UJSONResponse
from sqlalchemy.ext.asyncio import create_async_engine

app = FastAPI()
URL = os.environ["BENCH_DATABASE"]
IS_PLAIN = os.environ["BENCH_ANSWERS"] == "plain"
# A read is one statement and needs no transaction around it.
reading = create_async_engine(URL, pool_size=8, max_overflow=0, isolation_level="AUTOCOMMIT")
writing = create_async_engine(URL, pool_size=8, max_overflow=0)

NEWEST = 2**63 - 1
EPOCH_2020 = 1_577_836_800_000
TAG = re.compile(r"(?<![\w#&])#(\w{1,64})")


def reply(data, status=200, headers=None):
    return UJSONResponse(data, status, headers) if IS_PLAIN else data


def when(value):
    return value.isoformat(timespec="milliseconds") if IS_PLAIN else value


def to_post(row):
    return {
        "id": row.id, "author_id": row.author_id, "author_name": row.author_name, "title": row.title, "text": row.text,
        "visibility": row.visibility, "media": row.media, "tags": row.tags, "repost_of": row.repost_of, "original": None,
        "likes": row.likes, "comments": row.comments, "reposts": row.reposts, "views": row.views,
        "liked_by_me": row.liked_by_me, "created_at": when(row.created_at), "updated_at": when(row.updated_at)}


def to_comment(row):
    return {
        "id": row.id, "post_id": row.post_id, "parent_id": row.parent_id, "author_id": row.author_id,
        "author_name": row.author_name, "text": row.text, "deleted": row.deleted_at is not None,
        "created_at": when(row.created_at), "updated_at": when(row.updated_at)}


def seal(last_id):
    return base64.urlsafe_b64encode(str(last_id).encode()).decode()


def opened(cursor, otherwise):
    if cursor is None:
        return otherwise
    try:
        return int(base64.urlsafe_b64decode(cursor))
    except ValueError:
        raise HTTPException(422, "not a cursor")


def page(rows, limit, convert):
    more, rows = len(rows) > limit, rows[:limit]
    return {"items": [convert(row) for row in rows], "next_cursor": seal(rows[-1].id) if more else None}


def new_id():
    return (time.time_ns() // 1_000_000 - EPOCH_2020) << 22 | random.getrandbits(22)


async def rows_of(statement, **values):
    async with reading.connect() as connection:
        return (await connection.execute(statement, values)).all()


@app.get("/api/posts/{post_id}", response_model=models.Post)
async def show(post_id: int, x_user_id: int = Header()):
    rows = await rows_of(sql.SHOW, post=post_id, me=x_user_id)
    if not rows:
        raise HTTPException(404, "There is no such post.")
    return reply(to_post(rows[0]))


@app.get("/api/posts", response_model=models.Posts)
async def list_posts(author: int | None = None, limit: int = Query(20, ge=1, le=100), cursor: str | None = None,
                     x_user_id: int = Header()):
    values = {"me": x_user_id, "behind": opened(cursor, NEWEST), "limit": limit + 1}
    if author is None:
        rows = await rows_of(sql.NEWEST, **values)
    else:
        rows = await rows_of(sql.BY_AUTHOR, author=author, **values)
    return reply(page(rows, limit, to_post))


@app.get("/api/newsfeed", response_model=models.Posts)
async def newsfeed(limit: int = Query(20, ge=1, le=100), cursor: str | None = None, x_user_id: int = Header()):
    return reply(page(await rows_of(sql.FEED, me=x_user_id, behind=opened(cursor, NEWEST), limit=limit + 1), limit, to_post))


@app.get("/api/posts/{post_id}/comments", response_model=models.Comments)
async def list_comments(post_id: int, limit: int = Query(20, ge=1, le=100), cursor: str | None = None,
                        x_user_id: int = Header()):
    rows = await rows_of(sql.COMMENTS, post=post_id, me=x_user_id, behind=opened(cursor, 0), limit=limit + 1)
    if not rows and not await rows_of(sql.IS_VISIBLE, post=post_id, me=x_user_id):
        raise HTTPException(404, "There is no such post.")
    return reply(page(rows, limit, to_comment))


@app.post("/api/posts", response_model=models.Post, status_code=201)
async def create(draft: models.PostDraft, response: Response, x_user_id: int = Header(), x_user_name: str = Header()):
    now = datetime.now(timezone.utc)
    tags = list(dict.fromkeys(tag.lower() for tag in TAG.findall(f"{draft.title or ''} {draft.text}")))[:20]
    row = {"id": new_id(), "author_id": x_user_id, "author_name": x_user_name, "title": draft.title, "text": draft.text,
           "visibility": draft.visibility.value, "media": draft.media, "tags": tags, "repost_of": None, "likes": 0,
           "comments": 0, "reposts": 0, "views": 0, "created_at": now, "updated_at": now}
    async with writing.begin() as connection:
        await connection.execute(sql.ADD_POST, row)
    response.headers["Location"] = location = f"/api/posts/{row['id']}"
    shown = {**row, "original": None, "liked_by_me": False, "created_at": when(now), "updated_at": when(now)}
    return reply(shown, 201, {"Location": location})


@app.put("/api/posts/{post_id}/like", status_code=204)
async def like(post_id: int, x_user_id: int = Header(), x_user_name: str = Header()):
    async with writing.begin() as connection:
        added = await connection.execute(sql.ADD_LIKE, {"post": post_id, "me": x_user_id, "name": x_user_name})
        if added.rowcount:
            await connection.execute(sql.COUNT_LIKES, {"post": post_id, "delta": 1})
        elif not (await connection.execute(sql.IS_VISIBLE, {"post": post_id, "me": x_user_id})).first():
            raise HTTPException(404, "There is no such post.")
    return Response(status_code=204)


@app.delete("/api/posts/{post_id}/like", status_code=204)
async def unlike(post_id: int, x_user_id: int = Header()):
    async with writing.begin() as connection:
        removed = await connection.execute(sql.REMOVE_LIKE, {"post": post_id, "me": x_user_id})
        if removed.rowcount:
            await connection.execute(sql.COUNT_LIKES, {"post": post_id, "delta": -1})
        elif not (await connection.execute(sql.IS_VISIBLE, {"post": post_id, "me": x_user_id})).first():
            raise HTTPException(404, "There is no such post.")
    return Response(status_code=204)


@app.post("/api/posts/{post_id}/comments", response_model=models.Comment, status_code=201)
async def add_comment(post_id: int, draft: models.CommentDraft, response: Response, x_user_id: int = Header(),
                      x_user_name: str = Header()):
    now = datetime.now(timezone.utc)
    row = {"id": new_id(), "post_id": post_id, "parent_id": draft.parent_id, "author_id": x_user_id,
           "author_name": x_user_name, "text": draft.text, "created_at": now, "updated_at": now}
    async with writing.begin() as connection:
        if not (await connection.execute(sql.COUNT_COMMENT, {"post": post_id, "me": x_user_id})).rowcount:
            raise HTTPException(404, "There is no such post.")
        await connection.execute(sql.ADD_COMMENT, row)
    response.headers["Location"] = location = f"/api/posts/comments/{row['id']}"
    shown = {**row, "deleted": False, "created_at": when(now), "updated_at": when(now)}
    return reply(shown, 201, {"Location": location})
