-- A deleted account can be restored until it is erased; its name stays taken for ever.
alter table users add column deleted_at bigint;
alter table users add column erased_at bigint;
update users set deleted_at = updated_at where status = 'deleted';
create index users_deleted_at on users (deleted_at) where deleted_at is not null and erased_at is null;
