-- From when on keep_notifications counts, where that is not created_at: made-up ones are older when they are written.
alter table notifications add column kept_from bigint;
drop index notifications_age;
create index notifications_age on notifications (coalesce(kept_from, created_at));
