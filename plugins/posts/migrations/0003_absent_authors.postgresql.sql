-- People whose accounts are closed: banned (nothing of theirs is shown), or deleted (it is being removed, until is_gone).
create table absent_authors (
    user_id bigint primary key,
    status text not null check (status in ('banned', 'deleted')),
    since bigint not null,
    is_gone boolean not null default false
);
create index absent_authors_leaving on absent_authors (since) where status = 'deleted' and not is_gone;

create index likes_user on likes (user_id, post_id);
create index comments_author on comments (author_id, id);
