-- People whose accounts were deleted: their images are being removed, until is_gone.
create table leavers (
    user_id integer primary key,
    since integer not null,
    is_gone integer not null default 0 check (is_gone in (0, 1))
) strict;
create index leavers_present on leavers (since) where is_gone = 0;

create index media_owner on media (owner_id, id);
