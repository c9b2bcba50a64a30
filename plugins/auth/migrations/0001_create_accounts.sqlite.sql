create table users (
    id integer primary key,
    username text not null,
    username_key text not null unique,
    email text not null,
    email_key text not null unique,
    email_verified integer not null default 0 check (email_verified in (0, 1)),
    password_hash text not null,
    roles text not null,
    status text not null default 'active' check (status in ('active', 'banned', 'deleted')),
    token_version integer not null default 1,
    token_version_at integer not null default 0,
    full_name text,
    phone text,
    created_at integer not null,
    updated_at integer not null,
    last_login_at integer
) strict;
create index users_token_version_at on users (token_version_at) where token_version_at > 0;

create table sessions (
    id integer primary key,
    user_id integer not null references users (id) on delete cascade,
    device text not null,
    address text not null,
    created_at integer not null,
    last_used_at integer not null,
    idle_expires_at integer not null,
    expires_at integer not null,
    revoked_at integer
) strict;
create index sessions_user_id on sessions (user_id, id);
create index sessions_revoked_at on sessions (revoked_at, id) where revoked_at is not null;
create index sessions_idle_expires_at on sessions (idle_expires_at);

create table refresh_tokens (
    digest blob primary key,
    session_id integer not null references sessions (id) on delete cascade,
    created_at integer not null,
    expires_at integer not null,
    used_at integer
) strict, without rowid;
create index refresh_tokens_session_id on refresh_tokens (session_id);
create index refresh_tokens_expires_at on refresh_tokens (expires_at);
