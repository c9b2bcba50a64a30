create table likes (
    post_id bigint not null,
    user_id bigint not null references users (id),
    primary key (post_id, user_id)
);
create table counters (name text not null primary key, value bigint not null);
