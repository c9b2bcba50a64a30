-- Names of accounts that were renamed: posts, comments and likes are brought to them, until is_done.
create table author_names (
    user_id integer primary key,
    name text not null,
    sequence integer not null,
    told_at integer not null,
    since integer not null,
    is_done integer not null default 0 check (is_done in (0, 1))
) strict;
create index author_names_pending on author_names (since) where is_done = 0;
