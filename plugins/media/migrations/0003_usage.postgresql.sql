-- How much each user keeps: the sum of `bytes` over their rows in `media`. Changes in the same transaction.
create table usage (
    user_id bigint primary key,
    bytes bigint not null check (bytes >= 0)
);
insert into usage (user_id, bytes) select owner_id, sum(bytes)::bigint from media group by owner_id;
