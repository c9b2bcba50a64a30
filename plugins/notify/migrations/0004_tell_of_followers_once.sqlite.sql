-- Whom a follower was last told to, and how many such mails somebody got in the hour that began at follower_mails_since.
create table follower_news (
    user_id integer not null,
    follower_id integer not null,
    told_at integer not null,
    primary key (user_id, follower_id)
) strict, without rowid;
create index follower_news_follower on follower_news (follower_id);
create index follower_news_age on follower_news (told_at);
alter table accounts add column follower_mails integer not null default 0;
alter table accounts add column follower_mails_since integer not null default 0;
