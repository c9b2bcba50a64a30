create table items (
    id integer primary key autoincrement,
    title text not null,
    text text not null,
    version integer not null default 1,
    created_at integer not null,
    updated_at integer not null
) strict;
