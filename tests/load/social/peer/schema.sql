-- The tables of the FastAPI service. Columns and indexes answer the same questions as those of the services posts and
-- subscriptions; where PostgreSQL has a type for it (timestamptz, arrays, a generated tsvector), that is used.
create table posts (
    id bigint primary key,
    author_id bigint not null,
    author_name text not null,
    title text,
    text text not null,
    visibility text not null check (visibility in ('public', 'followers', 'private')),
    media text[] not null default '{}',
    tags text[] not null default '{}',
    repost_of bigint references posts (id) on delete set null,
    likes bigint not null default 0 check (likes >= 0),
    comments bigint not null default 0 check (comments >= 0),
    reposts bigint not null default 0 check (reposts >= 0),
    views bigint not null default 0 check (views >= 0),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    document tsvector generated always as (to_tsvector('russian', coalesce(title, '') || ' ' || text)) stored
);
create index posts_public on posts (id) where visibility = 'public';
create index posts_author on posts (author_id, id);
create index posts_top on posts (likes, id) where visibility = 'public';
create index posts_hidden on posts (author_id, id) where visibility <> 'public';
create index posts_reposts on posts (repost_of) where repost_of is not null;
create index posts_tags on posts using gin (tags);
create index posts_document on posts using gin (document);

create table likes (
    post_id bigint not null references posts (id) on delete cascade,
    user_id bigint not null,
    user_name text not null,
    created_at timestamptz not null,
    primary key (post_id, user_id)
);

create table comments (
    id bigint primary key,
    post_id bigint not null references posts (id) on delete cascade,
    parent_id bigint references comments (id) on delete cascade,
    author_id bigint not null,
    author_name text not null,
    text text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz
);
create index comments_post on comments (post_id, id);
create index comments_parent on comments (parent_id) where parent_id is not null;

create table follows (
    follower_id bigint not null,
    author_id bigint not null,
    primary key (follower_id, author_id)
);
create index follows_author on follows (author_id);
