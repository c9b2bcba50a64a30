-- The code that proves a user's address, and how many were sent of late. user_id 0 is nobody: it takes the tries for
-- addresses that have no code, so that these cost the same.
create table email_codes (
    user_id bigint primary key,
    email_key text collate "C" not null,
    digest bytea not null,
    tries bigint not null,
    expires_at bigint not null,
    window_began_at bigint not null,
    sent bigint not null
);
create index email_codes_window_began_at on email_codes (window_began_at);
