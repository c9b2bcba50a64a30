create table users (
    id bigint primary key,
    username text not null,
    username_key text collate "C" not null unique,
    email text not null,
    email_key text collate "C" not null unique,
    email_verified boolean not null default false,
    password_hash text not null,
    roles text not null,
    status text not null default 'active' check (status in ('active', 'banned', 'deleted')),
    token_version bigint not null default 1,
    token_version_at bigint not null default 0,
    full_name text,
    phone text,
    created_at bigint not null,
    updated_at bigint not null,
    last_login_at bigint
);
create index users_token_version_at on users (token_version_at) where token_version_at > 0;

create table sessions (
    id bigint primary key,
    user_id bigint not null references users (id) on delete cascade,
    device text not null,
    address text not null,
    created_at bigint not null,
    last_used_at bigint not null,
    idle_expires_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint
);
create index sessions_user_id on sessions (user_id, id);
create index sessions_revoked_at on sessions (revoked_at, id) where revoked_at is not null;
create index sessions_idle_expires_at on sessions (idle_expires_at);

create table refresh_tokens (
    digest bytea primary key,
    session_id bigint not null references sessions (id) on delete cascade,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create index refresh_tokens_session_id on refresh_tokens (session_id);
create index refresh_tokens_expires_at on refresh_tokens (expires_at);
