create table items (
    id bigint generated always as identity primary key,
    title text not null,
    text text not null,
    version bigint not null default 1,
    created_at bigint not null,
    updated_at bigint not null
);
