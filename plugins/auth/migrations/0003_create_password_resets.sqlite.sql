-- Addresses for which somebody asked, whether or not they are anybody's: the answer is given before anyone looks.
create table reset_requests (
    email_key text primary key,
    requested_at integer not null
) strict, without rowid;

create table password_resets (
    digest blob primary key,
    user_id integer not null references users (id) on delete cascade,
    email_key text not null,
    created_at integer not null,
    expires_at integer not null
) strict, without rowid;
create index password_resets_user_id on password_resets (user_id, created_at);
create index password_resets_created_at on password_resets (created_at);
