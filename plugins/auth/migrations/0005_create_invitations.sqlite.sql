-- One-time tokens with which somebody may make an account with these roles.
create table invitations (
    digest blob primary key,
    roles text not null,
    created_at integer not null,
    expires_at integer not null
) strict, without rowid;
