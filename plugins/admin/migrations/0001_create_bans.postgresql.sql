-- Why somebody is banned, and until when; that he is, is known to the service `auth`. Times in milliseconds.
create table bans (
    user_id bigint primary key,
    reason text not null,
    until_at bigint,
    banned_by bigint not null,
    banned_by_name text not null,
    created_at bigint not null
);
create index bans_until_at on bans (until_at) where until_at is not null;

-- What was decided here and is to be done by another service; gone once it is done. One at a time for each target.
create table errands (
    id bigint primary key,
    kind text not null check (kind in ('ban', 'unban', 'set_roles', 'verify_email', 'remove_post', 'remove_comment')),
    target text not null unique,
    arguments text not null,
    actor_id bigint not null,
    actor_name text not null,
    request_id text not null,
    attempts bigint not null,
    next_at bigint not null,
    created_at bigint not null
);
create index errands_next_at on errands (next_at);

-- What administrators and moderators have done. Rows are written once, and neither changed nor removed.
create table audit (
    id bigint primary key,
    at bigint not null,
    actor_id bigint not null,
    actor_name text not null,
    action text not null,
    target text not null,
    details text not null,
    request_id text not null,
    address text not null
);
create index audit_actor_id on audit (actor_id, id);
create index audit_action on audit (action, id);
create index audit_target on audit (target, id);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log is append-only' using errcode = 'integrity_constraint_violation';
end
$$;
create trigger audit_keeps_rows before update or delete on audit for each row execute function refuse_audit_change();
create trigger audit_keeps_all before truncate on audit for each statement execute function refuse_audit_change();
