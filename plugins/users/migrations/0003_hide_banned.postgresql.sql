-- Whose account is banned: shown as nobody until it is not.
alter table profiles add column is_banned boolean not null default false;
