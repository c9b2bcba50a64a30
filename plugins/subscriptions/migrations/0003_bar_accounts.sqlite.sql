-- People whose accounts are banned or deleted: their live feeds end.
create table barred (
    user_id integer primary key
) strict;
