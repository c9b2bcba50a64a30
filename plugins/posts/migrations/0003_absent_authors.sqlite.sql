-- People whose accounts are closed: banned (nothing of theirs is shown), or deleted (it is being removed, until is_gone).
create table absent_authors (
    user_id integer primary key,
    status text not null check (status in ('banned', 'deleted')),
    since integer not null,
    is_gone integer not null default 0 check (is_gone in (0, 1))
) strict;
create index absent_authors_leaving on absent_authors (since) where status = 'deleted' and is_gone = 0;

create index likes_user on likes (user_id, post_id);
create index comments_author on comments (author_id, id);
