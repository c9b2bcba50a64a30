-- Why somebody is banned, and until when; that he is, is known to the service `auth`. Times in milliseconds.
create table bans (
    user_id integer primary key,
    reason text not null,
    until_at integer,
    banned_by integer not null,
    banned_by_name text not null,
    created_at integer not null
) strict;
create index bans_until_at on bans (until_at) where until_at is not null;

-- What was decided here and is to be done by another service; gone once it is done. One at a time for each target.
create table errands (
    id integer primary key,
    kind text not null check (kind in ('ban', 'unban', 'set_roles', 'verify_email', 'remove_post', 'remove_comment')),
    target text not null unique,
    arguments text not null,
    actor_id integer not null,
    actor_name text not null,
    request_id text not null,
    attempts integer not null,
    next_at integer not null,
    created_at integer not null
) strict;
create index errands_next_at on errands (next_at);

-- What administrators and moderators have done. Rows are written once, and neither changed nor removed.
create table audit (
    id integer primary key,
    at integer not null,
    actor_id integer not null,
    actor_name text not null,
    action text not null,
    target text not null,
    details text not null,
    request_id text not null,
    address text not null
) strict;
create index audit_actor_id on audit (actor_id, id);
create index audit_action on audit (action, id);
create index audit_target on audit (target, id);

create trigger audit_keeps_content before update on audit begin
    select raise(abort, 'the audit log is append-only');
end;
create trigger audit_keeps_rows before delete on audit begin
    select raise(abort, 'the audit log is append-only');
end;
-- `insert or replace` removes the old row without asking the trigger above.
create trigger audit_replaces_nothing before insert on audit when exists (select 1 from audit where id = new.id) begin
    select raise(abort, 'the audit log is append-only');
end;
