create table posts (
    id integer primary key,
    author_id integer not null,
    author_name text not null,
    title text,
    text text not null,
    visibility text not null check (visibility in ('public', 'private')),
    likes integer not null default 0 check (likes >= 0),
    comments integer not null default 0 check (comments >= 0),
    version integer not null default 1,
    created_at integer not null,
    updated_at integer not null
) strict;
create index posts_public on posts (id) where visibility = 'public';
create index posts_author on posts (author_id, id);

create table likes (
    post_id integer not null references posts (id) on delete cascade,
    user_id integer not null,
    user_name text not null,
    created_at integer not null,
    primary key (post_id, user_id)
) strict, without rowid;

create table comments (
    id integer primary key,
    post_id integer not null references posts (id) on delete cascade,
    parent_id integer references comments (id) on delete cascade,
    author_id integer not null,
    author_name text not null,
    text text not null,
    version integer not null default 1,
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer
) strict;
create index comments_post on comments (post_id, id);
create index comments_parent on comments (parent_id) where parent_id is not null;
