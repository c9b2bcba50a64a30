create table posts (
    id bigint primary key,
    author_id bigint not null,
    author_name text not null,
    title text,
    text text not null,
    visibility text not null check (visibility in ('public', 'private')),
    likes bigint not null default 0 check (likes >= 0),
    comments bigint not null default 0 check (comments >= 0),
    version bigint not null default 1,
    created_at bigint not null,
    updated_at bigint not null
);
create index posts_public on posts (id) where visibility = 'public';
create index posts_author on posts (author_id, id);

create table likes (
    post_id bigint not null references posts (id) on delete cascade,
    user_id bigint not null,
    user_name text not null,
    created_at bigint not null,
    primary key (post_id, user_id)
);

create table comments (
    id bigint primary key,
    post_id bigint not null references posts (id) on delete cascade,
    parent_id bigint references comments (id) on delete cascade,
    author_id bigint not null,
    author_name text not null,
    text text not null,
    version bigint not null default 1,
    created_at bigint not null,
    updated_at bigint not null,
    deleted_at bigint
);
create index comments_post on comments (post_id, id);
create index comments_parent on comments (parent_id) where parent_id is not null;
