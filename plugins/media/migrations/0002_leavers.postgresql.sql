-- People whose accounts were deleted: their images are being removed, until is_gone.
create table leavers (
    user_id bigint primary key,
    since bigint not null,
    is_gone boolean not null default false
);
create index leavers_present on leavers (since) where not is_gone;

create index media_owner on media (owner_id, id);
