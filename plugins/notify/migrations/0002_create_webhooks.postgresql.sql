create table webhooks (
    id bigint primary key,
    url text not null,
    description text not null,
    types text not null,
    sealed_key text not null,
    former_key text,
    former_until bigint,
    is_active boolean not null default true,
    disabled_reason text,
    failures bigint not null default 0,
    not_before bigint not null default 0,
    version bigint not null default 1,
    created_by bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);

create table webhook_deliveries (
    id bigint primary key,
    webhook_id bigint not null,
    source text not null,
    event_id text not null,
    type text not null,
    topic text not null,
    body text,
    state text not null default 'queued' check (state in ('queued', 'sent', 'dead', 'withdrawn')),
    attempts bigint not null default 0,
    due_at bigint not null,
    created_at bigint not null,
    ended_at bigint,
    last_status bigint,
    last_error text,
    unique (webhook_id, source, event_id)
);
create index webhook_deliveries_due on webhook_deliveries (webhook_id, due_at) where state = 'queued';
create index webhook_deliveries_list on webhook_deliveries (webhook_id, id);
create index webhook_deliveries_ended on webhook_deliveries (state, ended_at) where state <> 'queued';
create index webhook_deliveries_topic on webhook_deliveries (topic) where body is not null;

-- Posts that everybody may read.
create table public_posts (
    id bigint primary key
);
