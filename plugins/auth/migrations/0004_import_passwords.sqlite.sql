-- The cost of a bcrypt hash that came from elsewhere, until its owner's next login.
alter table users add column imported_cost integer;
create index users_imported_cost on users (imported_cost) where imported_cost is not null;
