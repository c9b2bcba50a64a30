create table accounts (
    user_id bigint primary key,
    username text not null,
    email text not null,
    is_confirmed boolean not null default false,
    language text check (language in ('en', 'ru')),
    muted_mail text not null default '',
    muted_in_app text not null default ''
);

create table mails (
    id bigint primary key,
    source text not null,
    event_id text not null,
    kind text not null,
    user_id bigint not null,
    recipient text not null,
    language text not null,
    fields text not null,
    sealed text,
    state text not null default 'queued' check (state in ('queued', 'sent', 'dead', 'expired')),
    attempts bigint not null default 0,
    due_at bigint not null,
    expires_at bigint,
    created_at bigint not null,
    ended_at bigint,
    last_error text,
    unique (source, event_id, kind)
);
create index mails_due on mails (due_at) where state = 'queued';
create index mails_ended on mails (state, ended_at) where state <> 'queued';
create index mails_user on mails (user_id);

create table notifications (
    id bigint primary key,
    user_id bigint not null,
    source text not null,
    event_id text not null,
    kind text not null,
    fields text not null,
    created_at bigint not null,
    read_at bigint,
    unique (source, event_id, kind)
);
create index notifications_user on notifications (user_id, id);
create index notifications_unread on notifications (user_id, id) where read_at is null;
create index notifications_age on notifications (created_at);
