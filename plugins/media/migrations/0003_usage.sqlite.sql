-- How much each user keeps: the sum of `bytes` over their rows in `media`. Changes in the same transaction.
create table usage (
    user_id integer primary key,
    bytes integer not null check (bytes >= 0)
) strict;
insert into usage (user_id, bytes) select owner_id, sum(bytes) from media group by owner_id;
