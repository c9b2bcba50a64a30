create table profiles (
    user_id integer primary key,
    username text not null,
    username_key text not null,
    first_name text,
    last_name text,
    full_name text,
    gender text check (gender in ('male', 'female', 'other')),
    birthday text,
    phone text,
    bio text,
    is_filled integer not null default 0 check (is_filled in (0, 1)),
    version integer not null default 1,
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer
) strict;
create index profiles_username_key on profiles (username_key, user_id) where deleted_at is null;
