-- What is in the store, or is about to be, or about to go.
create table objects (
    name text primary key,
    is_leaving boolean not null default false
);

-- Uploads that have begun to put an object and have no row in `media` yet. Those that died are past `until`.
create table reservations (
    id text primary key,
    object_name text not null references objects (name),
    until bigint not null
);
create index reservations_object on reservations (object_name);

create table media (
    id text primary key,
    owner_id bigint not null,
    object_name text not null references objects (name),
    content_type text not null,
    width bigint not null check (width > 0),
    height bigint not null check (height > 0),
    bytes bigint not null check (bytes > 0),
    created_at bigint not null
);
create index media_object on media (object_name);
