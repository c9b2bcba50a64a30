-- People whose accounts are banned or deleted: their live feeds end.
create table barred (
    user_id bigint primary key
);
