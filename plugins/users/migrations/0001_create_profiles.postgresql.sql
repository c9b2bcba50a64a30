create table profiles (
    user_id bigint primary key,
    username text not null,
    username_key text collate "C" not null,
    first_name text,
    last_name text,
    full_name text,
    gender text check (gender in ('male', 'female', 'other')),
    birthday text,
    phone text,
    bio text,
    is_filled boolean not null default false,
    version bigint not null default 1,
    created_at bigint not null,
    updated_at bigint not null,
    deleted_at bigint
);
create index profiles_username_key on profiles (username_key, user_id) where deleted_at is null;
