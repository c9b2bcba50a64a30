-- The code that proves a user's address, and how many were sent of late. user_id 0 is nobody: it takes the tries for
-- addresses that have no code, so that these cost the same.
create table email_codes (
    user_id integer primary key,
    email_key text not null,
    digest blob not null,
    tries integer not null,
    expires_at integer not null,
    window_began_at integer not null,
    sent integer not null
) strict;
create index email_codes_window_began_at on email_codes (window_began_at);
