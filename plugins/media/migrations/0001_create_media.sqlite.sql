-- What is in the store, or is about to be, or about to go.
create table objects (
    name text primary key,
    is_leaving integer not null default 0 check (is_leaving in (0, 1))
) strict;

-- Uploads that have begun to put an object and have no row in `media` yet. Those that died are past `until`.
create table reservations (
    id text primary key,
    object_name text not null references objects (name),
    until integer not null
) strict;
create index reservations_object on reservations (object_name);

create table media (
    id text primary key,
    owner_id integer not null,
    object_name text not null references objects (name),
    content_type text not null,
    width integer not null check (width > 0),
    height integer not null check (height > 0),
    bytes integer not null check (bytes > 0),
    created_at integer not null
) strict;
create index media_object on media (object_name);
