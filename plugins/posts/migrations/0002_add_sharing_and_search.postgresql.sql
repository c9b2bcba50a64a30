-- What was there is indexed for search and tags by the service itself (indexed = 0): SQL cannot stem.
alter table posts drop constraint posts_visibility_check;
alter table posts add constraint posts_visibility_check check (visibility in ('public', 'followers', 'private'));
alter table posts
    add column media text not null default '',
    add column repost_of bigint references posts (id) on delete set null,
    add column reposts bigint not null default 0 check (reposts >= 0),
    add column views bigint not null default 0 check (views >= 0),
    add column indexed integer not null default 0;
create index posts_top on posts (likes, id) where visibility = 'public';
create index posts_hidden on posts (author_id, id) where visibility <> 'public';
create index posts_reposts on posts (repost_of) where repost_of is not null;
create unique index posts_plain_repost on posts (author_id, repost_of) where repost_of is not null and text = '';
create index posts_not_indexed on posts (id) where indexed = 0;
create index posts_orphans on posts (id) where text = '' and repost_of is null;

create table post_tags (
    tag text not null,
    post_id bigint not null references posts (id) on delete cascade,
    author_id bigint not null,
    visibility text not null,
    likes bigint not null,
    primary key (tag, post_id)
);
create index post_tags_post on post_tags (post_id);
create index post_tags_public on post_tags (tag, post_id) where visibility = 'public';
create index post_tags_top on post_tags (tag, likes, post_id) where visibility = 'public';
create index post_tags_hidden on post_tags (tag, author_id, post_id) where visibility <> 'public';

-- Who follows whom, as the service `subscriptions` tells.
create table follows (
    follower_id bigint not null,
    author_id bigint not null,
    primary key (follower_id, author_id)
);

-- Stems, one per word, with a space between them; positions of the text begin well after those of the title.
create table post_search (
    post_id bigint primary key references posts (id) on delete cascade,
    title text not null,
    body text not null,
    document tsvector not null
);
create index post_search_document on post_search using gin (document);
