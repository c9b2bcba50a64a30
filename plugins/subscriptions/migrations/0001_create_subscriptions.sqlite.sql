create table follows (
    follower_id integer not null,
    user_id integer not null,
    id integer not null unique,
    created_at integer not null,
    primary key (follower_id, user_id)
) strict, without rowid;
create index follows_of_follower on follows (follower_id, id);
create index follows_of_user on follows (user_id, id);

-- Changes whenever somebody begins or ends to follow.
create table readers (
    user_id integer primary key,
    version integer not null
) strict;

-- What can be in a feed: every post but private ones, as the service `posts` tells. seq: in the order of arrival.
create table feed_posts (
    seq integer primary key autoincrement,
    post_id integer not null unique,
    author_id integer not null,
    visibility text not null
) strict;
create index feed_posts_author on feed_posts (author_id, post_id);

-- People whose accounts are gone, while their followings are being removed.
create table leavers (
    user_id integer primary key
) strict;
