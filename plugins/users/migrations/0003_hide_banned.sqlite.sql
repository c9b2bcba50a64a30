-- Whose account is banned: shown as nobody until it is not.
alter table profiles add column is_banned integer not null default 0 check (is_banned in (0, 1));
