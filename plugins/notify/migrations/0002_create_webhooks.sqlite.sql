create table webhooks (
    id integer primary key,
    url text not null,
    description text not null,
    types text not null,
    sealed_key text not null,
    former_key text,
    former_until integer,
    is_active integer not null default 1,
    disabled_reason text,
    failures integer not null default 0,
    not_before integer not null default 0,
    version integer not null default 1,
    created_by integer not null,
    created_at integer not null,
    updated_at integer not null
) strict;

create table webhook_deliveries (
    id integer primary key,
    webhook_id integer not null,
    source text not null,
    event_id text not null,
    type text not null,
    topic text not null,
    body text,
    state text not null default 'queued' check (state in ('queued', 'sent', 'dead', 'withdrawn')),
    attempts integer not null default 0,
    due_at integer not null,
    created_at integer not null,
    ended_at integer,
    last_status integer,
    last_error text,
    unique (webhook_id, source, event_id)
) strict;
create index webhook_deliveries_due on webhook_deliveries (webhook_id, due_at) where state = 'queued';
create index webhook_deliveries_list on webhook_deliveries (webhook_id, id);
create index webhook_deliveries_ended on webhook_deliveries (state, ended_at) where state <> 'queued';
create index webhook_deliveries_topic on webhook_deliveries (topic) where body is not null;

-- Posts that everybody may read.
create table public_posts (
    id integer primary key
) strict;
