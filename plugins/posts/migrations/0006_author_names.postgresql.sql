-- Names of accounts that were renamed: posts, comments and likes are brought to them, until is_done.
create table author_names (
    user_id bigint primary key,
    name text not null,
    sequence bigint not null,
    told_at bigint not null,
    since bigint not null,
    is_done boolean not null default false
);
create index author_names_pending on author_names (since) where not is_done;
