"""What goes in and out."""

from datetime import datetime
from enum import Enum

from pydantic import BaseModel, Field, constr


class Visibility(str, Enum):
    public = "public"
    followers = "followers"
    private = "private"


class PostDraft(BaseModel):
    title: constr(max_length=200) | None = None
    text: constr(min_length=1, max_length=10_000)
    visibility: Visibility = Visibility.public
    media: list[str] = Field(default=[], max_items=10)


class CommentDraft(BaseModel):
    text: constr(min_length=1, max_length=2_000)
    parent_id: int | None = None


class Post(BaseModel):
    id: int
    author_id: int
    author_name: str
    title: str | None
    text: str
    visibility: Visibility
    media: list[str]
    tags: list[str]
    repost_of: int | None
    original: dict | None
    likes: int
    comments: int
    reposts: int
    views: int
    liked_by_me: bool
    created_at: datetime
    updated_at: datetime


class Comment(BaseModel):
    id: int
    post_id: int
    parent_id: int | None
    author_id: int
    author_name: str
    text: str
    deleted: bool
    created_at: datetime
    updated_at: datetime


class Posts(BaseModel):
    items: list[Post]
    next_cursor: str | None


class Comments(BaseModel):
    items: list[Comment]
    next_cursor: str | None
