-- Addresses for which somebody asked, whether or not they are anybody's: the answer is given before anyone looks.
create table reset_requests (
    email_key text collate "C" primary key,
    requested_at bigint not null
);

create table password_resets (
    digest bytea primary key,
    user_id bigint not null references users (id) on delete cascade,
    email_key text collate "C" not null,
    created_at bigint not null,
    expires_at bigint not null
);
create index password_resets_user_id on password_resets (user_id, created_at);
create index password_resets_created_at on password_resets (created_at);
