-- One-time tokens with which somebody may make an account with these roles.
create table invitations (
    digest bytea primary key,
    roles text not null,
    created_at bigint not null,
    expires_at bigint not null
);
