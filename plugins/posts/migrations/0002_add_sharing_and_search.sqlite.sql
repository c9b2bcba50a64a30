-- What was there is indexed for search and tags by the service itself (indexed = 0): SQL cannot stem.
create table posts_next (
    id integer primary key,
    author_id integer not null,
    author_name text not null,
    title text,
    text text not null,
    visibility text not null check (visibility in ('public', 'followers', 'private')),
    likes integer not null default 0 check (likes >= 0),
    comments integer not null default 0 check (comments >= 0),
    version integer not null default 1,
    created_at integer not null,
    updated_at integer not null,
    media text not null default '',
    repost_of integer references posts (id) on delete set null,
    reposts integer not null default 0 check (reposts >= 0),
    views integer not null default 0 check (views >= 0),
    indexed integer not null default 0
) strict;
insert into posts_next (id, author_id, author_name, title, text, visibility, likes, comments, version, created_at, updated_at)
    select id, author_id, author_name, title, text, visibility, likes, comments, version, created_at, updated_at from posts;
drop table posts;
alter table posts_next rename to posts;
create index posts_public on posts (id) where visibility = 'public';
create index posts_author on posts (author_id, id);
create index posts_top on posts (likes, id) where visibility = 'public';
create index posts_hidden on posts (author_id, id) where visibility <> 'public';
create index posts_reposts on posts (repost_of) where repost_of is not null;
create unique index posts_plain_repost on posts (author_id, repost_of) where repost_of is not null and text = '';
create index posts_not_indexed on posts (id) where indexed = 0;
create index posts_orphans on posts (id) where text = '' and repost_of is null;

create table post_tags (
    tag text not null,
    post_id integer not null references posts (id) on delete cascade,
    author_id integer not null,
    visibility text not null,
    likes integer not null,
    primary key (tag, post_id)
) strict, without rowid;
create index post_tags_post on post_tags (post_id);
create index post_tags_public on post_tags (tag, post_id) where visibility = 'public';
create index post_tags_top on post_tags (tag, likes, post_id) where visibility = 'public';
create index post_tags_hidden on post_tags (tag, author_id, post_id) where visibility <> 'public';

-- Who follows whom, as the service `subscriptions` tells.
create table follows (
    follower_id integer not null,
    author_id integer not null,
    primary key (follower_id, author_id)
) strict, without rowid;

-- Stems, one per word, with a space between them; rowid is the post's id.
create virtual table post_search using fts5(
    title, body, columnsize = 0, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
);
